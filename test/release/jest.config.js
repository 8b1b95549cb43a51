/** `npm run test:release`: slow proofs on the real engines, which stand beside the tests of the same things. */
const shared = require('../support/jest-shared.js');

/** @type {import('jest').Config} */
module.exports = {
  ...shared,
  rootDir: '../..',
  displayName: 'release',
  testMatch: ['<rootDir>/test/**/*.release.test.ts'],
  globalSetup: '<rootDir>/test/integration/setup.ts',
  globalTeardown: '<rootDir>/test/integration/teardown.ts',
  maxWorkers: 2,
  testTimeout: 300_000,
};
