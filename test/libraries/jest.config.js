/** `npm run test:libraries`: the libraries that rotations are proven with, each in an application of its own. */
const shared = require('../support/jest-shared.js');

/** @type {import('jest').Config} */
module.exports = {
  ...shared,
  rootDir: '../..',
  displayName: 'libraries',
  testMatch: ['<rootDir>/test/libraries/**/*.test.ts'],
  testTimeout: 300_000,
};
