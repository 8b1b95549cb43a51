/** `npm run test:edge`: what is applied to AWS. Apart from the other projects, for its provider takes long to build. */
const shared = require('../support/jest-shared.js');

/** @type {import('jest').Config} */
module.exports = {
  ...shared,
  rootDir: '../..',
  displayName: 'edge',
  testMatch: ['<rootDir>/test/edge/**/*.test.ts', '<rootDir>/test/consumer/aws.test.ts'],
  // Each file has an account of its own, and waits for its engine most of the time.
  maxWorkers: 2,
  testTimeout: 300_000,
};
