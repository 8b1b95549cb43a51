import { transformSync } from '@swc/core';
import * as core from '@portcullis/constructs';
import * as aws from '@portcullis/constructs/aws';
import * as github from '@portcullis/constructs/github';
import * as keycloak from '@portcullis/constructs/keycloak';
import { Testing, type TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stackIn } from '../../../support/synth/synthesize';
import { GIVEN_NAMES, givenIn, type Given } from './given';
import { examples, optionalProps, type Example } from './read-sources';

const CHECKOUT = join(__dirname, '../../../..');
const MODULES = {
  '@portcullis/constructs': Object.keys(core),
  '@portcullis/constructs/aws': Object.keys(aws),
  '@portcullis/constructs/github': Object.keys(github),
  '@portcullis/constructs/keycloak': Object.keys(keycloak),
  cdktf: ['TerraformOutput'],
};

const all = examples();
let folder: string;

beforeAll(() => {
  // Inside the checkout, so that packages are found; among what git and the linter leave alone.
  const cache = join(CHECKOUT, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  folder = mkdtempSync(join(cache, 'portcullis-examples-'));
  for (const example of all) writeFileSync(join(folder, `${fileOf(example)}.ts`), moduleOf(example));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Name of an example's file: it tells where the example stands, in what the compiler says too. */
function fileOf({ place }: Example): string {
  return place.replace(/\W+/g, '-');
}

/** An example as a module: what it names is imported, or given to it. */
function moduleOf({ code, place }: Example): string {
  const names = (candidates: readonly string[]): string =>
    candidates.filter((name) => new RegExp(`\\b${name}\\b`).test(code)).join(', ');
  return [
    `// ${place}`,
    `import type { TerraformStack } from 'cdktf';`,
    `import type { Given } from '${join(CHECKOUT, 'test/synth/constructs/examples/given')}';`,
    ...Object.entries(MODULES).map(([module, exported]) => `import { ${names(exported)} } from '${module}';`),
    `export function example(this: TerraformStack, given: Given): void {`,
    `  const { ${names(GIVEN_NAMES.filter((name) => !new RegExp(`const ${name} =`).test(code)))} } = given;`,
    `  {`,
    code,
    `  }`,
    `}`,
  ].join('\n');
}

it('gives every construct an example', () => {
  const constructs = Object.entries({ ...core, ...aws, ...github })
    .filter(([, exported]) => typeof exported === 'function' && exported.prototype instanceof Construct)
    .map(([name]) => name);
  expect(constructs.length).toBeGreaterThan(20);
  const shown = all.map(({ subject }) => subject);
  expect(constructs.filter((name) => !shown.includes(name))).toEqual([]);
});

it('says of every optional property what it is by default', () => {
  const properties = optionalProps();
  expect(properties.length).toBeGreaterThan(30);
  expect(properties.filter(({ docstring }) => !docstring.includes('@default'))).toEqual([]);
});

it('shows examples that compile', () => {
  const settings = {
    extends: join(CHECKOUT, 'tsconfig.json'),
    compilerOptions: {
      noEmit: true,
      types: ['node', 'jest'],
      typeRoots: [join(CHECKOUT, 'node_modules/@types')],
    },
    files: all.map((example) => `${fileOf(example)}.ts`),
    include: [],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(settings));
  const tsc = join(CHECKOUT, 'node_modules/.bin/tsc');
  expect(outputOf(tsc, '--project', folder)).toBe('');
}, 60_000);

it.each(all.map((example) => [example.subject, example] as const))(
  'shows an example of %s that synthesizes',
  (_subject, example) => {
    const stack = stackIn();
    run(example, stack);
    expect(() => Testing.synth(stack, true)).not.toThrow();
  },
);

/** Runs an example, whose module jest would not compile where it is. */
function run(example: Example, stack: TerraformStack): void {
  const { code } = transformSync(moduleOf(example), {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'commonjs' },
  });
  const file = join(folder, `${fileOf(example)}.js`);
  writeFileSync(file, code);
  const module = jest.requireActual<{ example(this: TerraformStack, given: Given): void }>(file);
  module.example.call(stack, givenIn(stack));
}

function outputOf(command: string, ...args: string[]): string {
  try {
    return execFileSync(command, args, { encoding: 'utf8' });
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}
