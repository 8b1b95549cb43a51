/**
 * Three projects, so that each can be run alone:
 *   jest --selectProjects unit | synth | integration
 * `integration` starts the real engines once for all of its files.
 */
const esmOnly = ['jose', 'openid-client', 'oauth4webapi'];

/** @type {import('jest').Config} */
const shared = {
  testEnvironment: 'node',
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

/** @type {import('jest').Config} */
module.exports = {
  // A test that failed may leave a client open, whose timers would keep a run that nobody watches from ending.
  forceExit: process.env.CI === 'true',
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/test/unit/**/*.test.ts', '<rootDir>/test/attack/**/*.test.ts'],
    },
    { ...shared, displayName: 'synth', testMatch: ['<rootDir>/test/synth/**/*.test.ts'] },
    {
      ...shared,
      displayName: 'integration',
      testMatch: ['<rootDir>/test/integration/**/*.test.ts'],
      globalSetup: '<rootDir>/test/integration/setup.ts',
      globalTeardown: '<rootDir>/test/integration/teardown.ts',
    },
  ],
};
