/** What every jest project has: TypeScript by swc, and the workspaces by their sources. */
const generic = require('../../cli/src/local/generic-variables.json');

// What the shell sets for other programs names no server of a test's, and reaches none of its children.
for (const name of Object.keys(process.env)) {
  const startsWith = (prefix) => name.startsWith(prefix);
  if (!generic.prefixes.some(startsWith)) continue;
  if (!generic.kept.includes(name) && !generic.keptPrefixes.some(startsWith)) delete process.env[name];
}

// Nor do Portcullis' own, which name servers, a state and a socket for a person who starts something by hand.
for (const name of Object.keys(process.env))
  if (/^PORTCULLIS_(DATABASE|REDIS|VAULT|OIDC|OAUTH|STATE|STATUS)_/.test(name)) delete process.env[name];

const esmOnly = ['jose', 'openid-client', 'oauth4webapi'];

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  globalSetup: '<rootDir>/test/support/temporary-folder.ts',
  setupFiles: ['<rootDir>/test/support/expected-warnings.ts'],
  transform: {
    '\\.[jt]s$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${esmOnly.join('|')})/)`],
  moduleNameMapper: {
    // The commands, which are loaded when they are called: Node wants the whole name of what it imports then.
    '^(\\./([\\w-]+/)?command)\\.js$': '$1',
    '^(\\./stacks/[\\w-]+)\\.js$': '$1',
    // jest compiles TypeScript itself.
    '/require-module$': '<rootDir>/test/support/require-module.ts',
    '^@portcullis/cli$': '<rootDir>/cli/src/index.ts',
    '^@portcullis/runtime$': '<rootDir>/runtime/src/index.ts',
    '^@portcullis/runtime/package\\.json$': '<rootDir>/runtime/package.json',
    '^@portcullis/runtime/(.*)$': '<rootDir>/runtime/src/$1/index.ts',
    '^@portcullis/constructs$': '<rootDir>/constructs/src/index.ts',
    '^@portcullis/constructs/(.*)$': '<rootDir>/constructs/src/$1/index.ts',
  },
  modulePathIgnorePatterns: ['/dist/', '/cdktf\\.out/'],
};
