import { Breaker } from '../../../../runtime/src/rate-limit/store/breaker';

let nowMs: number;
let breaker: Breaker;
beforeEach(() => {
  nowMs = 1_000;
  breaker = new Breaker(() => nowMs);
});

const fail = (times: number): void => {
  for (let i = 0; i < times; i += 1) breaker.failed();
};

test('two failures in a row are not three, and a success in between begins anew', () => {
  fail(2);
  breaker.succeeded();
  fail(2);
  expect(breaker.open).toBe(false);
  expect(breaker.pass()).toBe(true);
});

test('open, it lets nobody pass for half a second, then one, and nobody else until that one is answered', () => {
  fail(3);
  expect(breaker.pass()).toBe(false);
  nowMs += 499;
  expect(breaker.pass()).toBe(false);
  nowMs += 1;
  expect([breaker.pass(), breaker.pass(), breaker.pass()]).toEqual([true, false, false]);
});

test('the one that passed closes it, or opens it for another half second', () => {
  fail(3);
  nowMs += 500;
  breaker.pass();
  breaker.failed();
  nowMs += 499;
  expect(breaker.pass()).toBe(false);
  nowMs += 1;
  expect(breaker.pass()).toBe(true);
  breaker.succeeded();
  expect([breaker.open, breaker.pass(), breaker.pass()]).toEqual([false, true, true]);
});

test('one that passed and was never heard of again does not keep it shut', () => {
  fail(3);
  nowMs += 500;
  expect(breaker.pass()).toBe(true);
  nowMs += 500;
  expect(breaker.pass()).toBe(true);
});

test('woken, it lets one pass at once', () => {
  fail(3);
  breaker.wake();
  expect([breaker.pass(), breaker.pass()]).toEqual([true, false]);
});

test('open, it is forgotten when nobody has asked for half a second after he might', () => {
  fail(3);
  nowMs += 999;
  expect(breaker.forgotten).toBe(false);
  nowMs += 1;
  expect(breaker.forgotten).toBe(true);
  breaker.pass();
  expect(breaker.forgotten).toBe(false);
});
