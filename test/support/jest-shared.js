/** What every jest project has: TypeScript by swc, and the workspaces by their sources. */
const esmOnly = ['jose', 'openid-client', 'oauth4webapi'];

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  // No bound of any test, but the end of one that hangs: a test waits for what it waits for (until.ts), not for a time.
  testTimeout: 300_000,
  transform: {
    '\\.[jt]s$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${esmOnly.join('|')})/)`],
  moduleNameMapper: {
    '^@portcullis/runtime$': '<rootDir>/runtime/src/index.ts',
    '^@portcullis/runtime/package\\.json$': '<rootDir>/runtime/package.json',
    '^@portcullis/runtime/(.*)$': '<rootDir>/runtime/src/$1/index.ts',
    '^@portcullis/constructs$': '<rootDir>/constructs/src/index.ts',
    '^@portcullis/constructs/(.*)$': '<rootDir>/constructs/src/$1/index.ts',
  },
  modulePathIgnorePatterns: ['/dist/', '/cdktf\\.out/'],
};
