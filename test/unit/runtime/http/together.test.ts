import { AsyncLocalStorage } from 'node:async_hooks';
import type { Request, Response } from 'express';
import type { Middleware } from '../../../../runtime/src/http/middleware';
import { endOfTurn, together } from '../../../../runtime/src/http/together';

const request = (name: string): Request => ({ name }) as unknown as Request;
const nameOf = (req: object): string => (req as unknown as { name: string }).name;
const response = {} as unknown as Response;
/** Node's own, for tests that fake it. */
const { setImmediate: immediate } = globalThis;
const turn = (): Promise<void> => new Promise((resolve) => immediate(resolve));

describe('requests of one turn of the event loop', () => {
  // A turn that a test before this one began is over.
  beforeEach(turn);
  afterEach(() => jest.useRealTimers());

  it('go through each stage together, in the order in which they came', async () => {
    const seen: string[] = [];
    const stage = (name: string): Middleware =>
      together((req, _res, next) => {
        seen.push(`${name} ${nameOf(req)}`);
        next();
      });
    const [first, second] = [stage('first'), stage('second')];
    const come = (name: string): unknown =>
      first(request(name), response, () => second(request(name), response, () => undefined));
    come('a');
    come('b');
    expect(seen).toEqual([]);
    await turn();
    expect(seen).toEqual(['first a', 'first b', 'second a', 'second b']);

    come('c');
    await turn();
    expect(seen.slice(4)).toEqual(['first c', 'second c']);
  });

  it('go on each in its own asynchronous context', async () => {
    const context = new AsyncLocalStorage<string>();
    const found: [string, string | undefined][] = [];
    const stage = together((req) => void found.push([nameOf(req), context.getStore()]));
    for (const name of ['a', 'b', 'c'])
      context.run(`context of ${name}`, () => stage(request(name), response, () => undefined));
    await turn();
    expect(found).toEqual(['a', 'b', 'c'].map((name) => [name, `context of ${name}`]));
  });

  it('do not hold each other up: what fails in one is told to its own error handler', async () => {
    const failure = new Error('one of them');
    const stage = together((req, _res, next) => {
      if (nameOf(req) === 'a') throw failure;
      next();
    });
    const [a, b] = [jest.fn<undefined, [unknown?]>(), jest.fn<undefined, [unknown?]>()];
    stage(request('a'), response, a);
    stage(request('b'), response, b);
    await turn();
    await turn();
    expect(a.mock.calls).toEqual([[failure]]);
    expect(b.mock.calls).toEqual([[]]);
  });

  it.each([
    ['', () => undefined],
    [', although timers are faked', () => jest.useFakeTimers()],
  ])('are over with the turn%s: who comes later waits for the next one', async (_although, prepare) => {
    prepare();
    const first = endOfTurn();
    expect(endOfTurn()).toBe(first);
    await first;
    // What waited is still in its turn.
    expect(endOfTurn()).toBe(first);
    await turn();
    expect(endOfTurn()).not.toBe(first);
  });
});
