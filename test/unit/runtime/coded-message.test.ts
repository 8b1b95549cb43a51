import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { problemOf, withCode } from '../../../runtime/src/coded-message';

const CHECKOUT = join(__dirname, '../../..');

it('ends with the code, which stands alone below a list', () => {
  expect(withCode('ERR_A', 'the pool is closed')).toBe('the pool is closed (ERR_A)');
  expect(withCode('ERR_A', 'it has 1 problem\n  path: wrong')).toBe(
    'it has 1 problem\n  path: wrong\n(ERR_A)',
  );
});

it.each(['the pool is closed', 'it has 1 problem\n  path: wrong', ''])(
  'gives its problem back without the code: %j',
  (problem) => {
    const error = Object.assign(new Error(withCode('ERR_A', problem)), { code: 'ERR_A' });
    expect(problemOf(error)).toBe(problem);
  },
);

/** The classes of errors, by name, each with its source. */
function classes(): [name: string, source: string][] {
  return ['runtime/src', 'constructs/src'].flatMap((folder) =>
    readdirSync(join(CHECKOUT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) => readFileSync(join(CHECKOUT, folder, file), 'utf8').match(CLASS) ?? [])
      .map((source): [string, string] => [/class (\w+)/.exec(source)?.[1] ?? '', source]),
  );
}
const CLASS = /^export class \w+ extends \w*Error [^]*?^}/gm;

/** Caught where pools rotate: nobody else sees it. */
const INTERNAL = ['PoolClosedError'];

it.each(classes().filter(([name]) => !INTERNAL.includes(name)))('is what %s has', (name, source) => {
  // This one hands its code to the class above it.
  if (name === 'MissingCapabilityError') return;
  const [, own] = /readonly code = '(\w+)'/.exec(source) ?? [];
  expect(source).toContain(own === undefined ? 'withCode(code, ' : 'withCode(');
  expect(/withCode\(\s*'(\w+)'/.exec(source)?.[1]).toBe(own);
});

it('is looked for in all of them', () => {
  expect(classes().length).toBeGreaterThan(15);
});
