import { evaluator } from '../../../../../../runtime/src/auth/login/session/login-redis';
import { manualClock } from '../../../../../support/clock';

it('a client that throws, where it should reject, is one that does not answer', async () => {
  const sendCommand = (): never => {
    throw new Error('the client is closed');
  };
  const evaluate = evaluator({ sendCommand }, 'api:login', manualClock());
  const outcome = (): Promise<unknown> => evaluate('return 1', 'name').catch(String);
  await expect(outcome()).resolves.toBe('Error: the client is closed');
});
