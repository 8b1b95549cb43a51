import { forCdktn } from '../../../../constructs/cdktn/for-cdktn';

it.each([
  ['an import', `import { App } from 'cdktf';`, `import { App } from 'cdktn';`],
  ['an import of types', `import type { App } from "cdktf";`, `import type { App } from "cdktn";`],
  ['an export', `export * from 'cdktf';`, `export * from 'cdktn';`],
  ['an import with require', `import cdktf = require('cdktf');`, `import cdktf = require('cdktn');`],
  ['a call of require', `const a = require("cdktf"), b = 1;`, `const a = require("cdktn"), b = 1;`],
  ['a call of import', `await import('cdktf')`, `await import('cdktn')`],
  ['the type of an import', `let a: import("cdktf").App;`, `let a: import("cdktn").App;`],
  [
    'bindings',
    `import { Mount } from '@cdktf/provider-vault/lib/mount';`,
    `import { Mount } from '@cdktn/provider-vault/lib/mount';`,
  ],
  [
    'the constructs themselves',
    `import { KvMount } from '@portcullis/constructs'; import '@portcullis/constructs/aws';`,
    `import { KvMount } from '@portcullis/constructs-cdktn'; import '@portcullis/constructs-cdktn/aws';`,
  ],
])('renames %s', (_what, code, expected) => {
  expect(forCdktn(code)).toBe(expected);
});

it.each([
  ['texts', `const file = 'cdktf'; throw new Error("import { App } from 'cdktf'");`],
  ['templates', 'const file = `from "cdktf" ${name}`;'],
  ['comments', `/** @example import { App } from 'cdktf'; */ // require('cdktf')`],
  [
    'other packages',
    `import 'cdktf-cli'; import './cdktf'; import 'constructs'; import '@portcullis/runtime';`,
  ],
])('leaves %s alone', (_what, code) => {
  expect(forCdktn(code)).toBe(code);
});

it('refuses a file inside of cdktf, which its successor need not have', () => {
  expect(() => forCdktn(`import { x } from 'cdktf/lib/synthesize/synthesizer';`)).toThrow(
    'cdktf/lib/synthesize/synthesizer is a file inside of cdktf',
  );
});
