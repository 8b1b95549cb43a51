import { poll } from '../../../../cli/src/engines/process/poll';

describe('polling', () => {
  it('gives back the first answer', async () => {
    let asked = 0;
    const question = (): Promise<number> => {
      asked += 1;
      return asked < 3 ? Promise.reject(new Error('not yet')) : Promise.resolve(asked);
    };
    await expect(poll(question, { timeoutMs: 10_000, everyMs: 1 })).resolves.toBe(3);
  });

  it('throws the last error when time is up', async () => {
    const question = (): Promise<never> => Promise.reject(new Error('refused'));
    await expect(poll(question, { timeoutMs: 0 })).rejects.toThrow('refused');
  });

  it('gives up at once when there is no hope', async () => {
    const question = jest.fn(() => Promise.reject(new Error('refused')));
    await expect(poll(question, { timeoutMs: 60_000 }, () => new Error('the server ended'))).rejects.toThrow(
      'the server ended',
    );
    expect(question).toHaveBeenCalledTimes(1);
  });

  it('waits for no answer longer than it has time', async () => {
    const question = (): Promise<never> => new Promise(() => undefined);
    await expect(poll(question, { timeoutMs: 1 })).rejects.toThrow('no answer came');
  });

  it('says why the last question failed that was answered', async () => {
    const questions = [() => Promise.reject(new Error('refused')), () => new Promise<never>(() => undefined)];
    const question = (): Promise<never> => questions.shift()!();
    await expect(poll(question, { timeoutMs: 20, everyMs: 1 })).rejects.toThrow('refused');
  });
});
