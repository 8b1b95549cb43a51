import { RevocationStream } from '../../../../../runtime/src/auth/revocation/stream';
import { manualClock } from '../../../../support/clock';

const NEVER = new Promise<never>(() => undefined);
afterEach(() => jest.useRealTimers());

it('a read gives up in time, although the tests of an app have faked the timers meanwhile', async () => {
  let giveUp = (): void => undefined;
  const clock = {
    ...manualClock(),
    after: (_ms: number, run: () => void) => ((giveUp = run), () => undefined),
  };
  const stream = new RevocationStream({ isReady: true, sendCommand: () => NEVER }, 'app', 60, clock);
  const read = stream.read(undefined);
  jest.useFakeTimers();
  giveUp();
  await expect(read).rejects.toThrow('did not answer within');
});
