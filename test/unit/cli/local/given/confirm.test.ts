import { PassThrough } from 'node:stream';
import { confirmOn } from '../../../../../cli/src/local/given/confirm';

const changes = [
  { server: 'Redis at redis://127.0.0.1:6379', changes: ['makes the ACL user vault_admin_1'] },
];

/** A terminal at which somebody types `answer`, or a pipe. */
function terminal({ isTTY, answer }: { isTTY: boolean; answer?: string }) {
  const input = Object.assign(new PassThrough(), { isTTY });
  const output = Object.assign(new PassThrough(), { isTTY });
  if (answer !== undefined) input.write(answer);
  return { input, output, shown: () => shownOn(output) };
}

/** All of it: from Node 26 on, `read()` gives one chunk at a time. */
function shownOn(output: PassThrough): string {
  const chunks: unknown[] = [];
  for (let chunk: unknown = output.read(); chunk !== null; chunk = output.read()) chunks.push(chunk);
  return chunks.map(String).join('');
}

const never = new AbortController().signal;

describe('before servers of the user’s own are changed', () => {
  it('what will be changed is said, and somebody has to agree', async () => {
    const { shown, ...streams } = terminal({ isTTY: true, answer: 'y\n' });
    await confirmOn(streams, false, never)(changes);
    const text = shown();
    expect(text).toContain('Redis at redis://127.0.0.1:6379');
    expect(text).toContain('makes the ACL user vault_admin_1');
    expect(text).toContain('Go on? [y/N]');
  });

  it.each(['n\n', '\n', 'yesterday\n'])('%j is no', async (answer) => {
    const { input, output } = terminal({ isTTY: true, answer });
    await expect(confirmOn({ input, output }, false, never)(changes)).rejects.toMatchObject({
      code: 'ERR_NOT_CONFIRMED',
    });
  });

  it('nobody is asked where there is no terminal: --yes agrees, and it is said all the same', async () => {
    const { shown, ...streams } = terminal({ isTTY: false });
    await expect(confirmOn(streams, false, never)(changes)).rejects.toMatchObject({
      code: 'ERR_NOT_CONFIRMED',
      remedy: expect.stringContaining('--yes') as string,
    });
    await confirmOn(streams, true, never)(changes);
    expect(shown()).toContain('makes the ACL user vault_admin_1');
  });

  it('a Ctrl-D at the question is no', async () => {
    const { input, output } = terminal({ isTTY: true });
    const asking = confirmOn({ input, output }, false, never)(changes);
    input.end();
    await expect(asking).rejects.toMatchObject({ code: 'ERR_NOT_CONFIRMED' });
  });

  it('a Ctrl-C at the question ends it, with what ended it', async () => {
    const controller = new AbortController();
    const { input, output } = terminal({ isTTY: true });
    const asking = confirmOn({ input, output }, false, controller.signal)(changes);
    controller.abort(new Error('SIGINT'));
    await expect(asking).rejects.toThrow('SIGINT');
  });

  it('a Ctrl-C is left to the terminal, which sends it to all of npm start as a signal', async () => {
    const setRawMode = jest.fn();
    const { input, output } = terminal({ isTTY: true, answer: 'y\n' });
    await confirmOn({ input: Object.assign(input, { setRawMode }), output }, false, never)(changes);
    expect(setRawMode).not.toHaveBeenCalled();
  });
});
