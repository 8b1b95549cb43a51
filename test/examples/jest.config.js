/** `npm run test:examples`: the apps of other frameworks, beside Express. */
const shared = require('../support/jest-shared.js');

/** @type {import('jest').Config} */
module.exports = {
  ...shared,
  rootDir: '../..',
  displayName: 'examples',
  testMatch: ['<rootDir>/test/examples/**/*.test.ts'],
  testTimeout: 300_000,
};
