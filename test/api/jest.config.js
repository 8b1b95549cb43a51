/** `npm run test:api`: the example API, called by programs that nobody here wrote. */
const shared = require('../support/jest-shared.js');

/** @type {import('jest').Config} */
module.exports = {
  ...shared,
  rootDir: '../..',
  displayName: 'api',
  testMatch: ['<rootDir>/test/api/**/*.test.ts'],
  testTimeout: 300_000,
};
