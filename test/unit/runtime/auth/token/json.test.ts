import fc from 'fast-check';
import { parseJsonObject } from '../../../../../runtime/src/auth/token/json';

const read = (text: string): unknown => parseJsonObject(Buffer.from(text));

/** A JSON value as it is written: an object is a list of names and values, in which a name may stand again. */
type Written =
  | { readonly kind: 'plain'; readonly value: string | number | boolean | null }
  | { readonly kind: 'array'; readonly items: readonly Written[] }
  | { readonly kind: 'object'; readonly entries: readonly (readonly [string, Written])[] };

/** Names and texts that look like the end of a name, or like one another. */
const text = fc.constantFrom('a', 'b', 'a":', '":', '"', ':', '\\', 'a b', '{"a":1}', 'é', '', '\u2028');
const plain = fc
  .oneof(text, fc.integer(), fc.boolean(), fc.constant(null))
  .map((value) => ({ kind: 'plain', value }) as const);

const { object } = fc.letrec<{ object: Written; value: Written }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    plain,
    tie('object'),
    fc.array(tie('value'), { maxLength: 3 }).map((items) => ({ kind: 'array', items }) as const),
  ),
  object: fc
    .array(fc.tuple(text, tie('value')), { maxLength: 4 })
    .map((entries) => ({ kind: 'object', entries }) as const),
}));

/** White space before and after a colon, and whether names are spelled with escapes: both are the writer's to choose. */
const spelling = fc.record({
  space: fc.constantFrom('', ' ', '\n', '\t', '\r\n'),
  escaped: fc.boolean(),
});

type Spelling = typeof spelling extends fc.Arbitrary<infer T> ? T : never;

function write(value: Written, spelled: Spelling): string {
  if (value.kind === 'plain') return JSON.stringify(value.value);
  if (value.kind === 'array') return `[${value.items.map((item) => write(item, spelled)).join(',')}]`;
  const { space, escaped } = spelled;
  const members = value.entries.map(([name, part], index) => {
    const quoted = escaped && index % 2 === 1 ? escapeAll(name) : JSON.stringify(name);
    return `${space}${quoted}${space}:${space}${write(part, spelled)}`;
  });
  return `{${members.join(',')}${space}}`;
}

function escapeAll(name: string): string {
  const codes = Array.from({ length: name.length }, (_, at) => name.charCodeAt(at).toString(16));
  return `"${codes.map((code) => `\\u${code.padStart(4, '0')}`).join('')}"`;
}

function hasRepeatedName(value: Written): boolean {
  if (value.kind === 'plain') return false;
  if (value.kind === 'array') return value.items.some(hasRepeatedName);
  const names = value.entries.map(([name]) => name);
  return new Set(names).size < names.length || value.entries.some(([, part]) => hasRepeatedName(part));
}

it('reads what JSON.parse reads, and nothing in which a name appears twice', () => {
  let repeated = 0;
  fc.assert(
    fc.property(object, spelling, (written, spelled) => {
      const json = write(written, spelled);
      if (hasRepeatedName(written)) repeated += 1;
      expect(read(json)).toEqual(hasRepeatedName(written) ? undefined : JSON.parse(json));
    }),
    { numRuns: 2_000 },
  );
  expect(repeated).toBeGreaterThan(100);
});

it.each([
  ['an array', '[]'],
  ['a text', '"a"'],
  ['null', 'null'],
  ['nothing', ''],
  ['two objects', '{}{}'],
  ['a byte order mark', '\ufeff{}'],
])('%s is no object', (_what, json) => {
  expect(read(json)).toBeUndefined();
});

it('reads no bytes that are not UTF-8', () => {
  expect(parseJsonObject(Buffer.from('7b2261223a22ff227d', 'hex'))).toBeUndefined();
});

it.each([
  ['arrays', (depth: number) => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`],
  ['objects', (depth: number) => '{"a":'.repeat(depth - 1) + '{}' + '}'.repeat(depth - 1)],
])('reads %s within each other, sixteen deep and no deeper', (_what, nested) => {
  expect(read(nested(16))).toBeDefined();
  expect(read(nested(17))).toBeUndefined();
});
