import fc from 'fast-check';
import { canonical, parseExactly } from '../../../../cli/src/plan/digest/canonical';

it('keeps numbers apart that JavaScript takes for one', () => {
  const said = (text: string) => canonical(parseExactly(text));
  expect(said('[9007199254740992]')).not.toBe(said('[9007199254740993]'));
  expect(said('{"a":0.10000000000000001}')).not.toBe(said('{"a":0.1}'));
  expect(said('[1e400]')).not.toBe(said('[1e401]'));
  expect(said('{"a":1e-400}')).not.toBe(said('{"a":0}'));
  expect(said('[9007199254740993]')).not.toBe(said('["9007199254740993"]'));
  expect(said(String.raw`["\u00009007199254740993"]`)).not.toBe(said('[9007199254740993]'));
});

it('reads every other JSON as it is, numbers inside of texts too', () => {
  const values = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.boolean()));
  fc.assert(
    fc.property(values, fc.string(), (value, text) => {
      const all = { value, text, account: `${text}"12345678901234567890\\` };
      const read = canonical(parseExactly(JSON.stringify(all))).replaceAll('\\u0000', '');
      expect(read).toBe(canonical(all).replaceAll('\\u0000', ''));
    }),
    { examples: [[{ a: 1 }, '\u0000']], numRuns: 500 },
  );
});

it('does not depend on the order of members', () => {
  expect(canonical({ b: 1, a: { d: 1, c: [2, 1] } })).toBe(canonical({ a: { c: [2, 1], d: 1 }, b: 1 }));
});
