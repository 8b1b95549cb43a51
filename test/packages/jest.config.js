/** `npm run test:packages`: the packages as a registry gives them out, in folders of strangers. */
const shared = require('../support/jest-shared.js');

/** @type {import('jest').Config} */
module.exports = {
  ...shared,
  rootDir: '../..',
  displayName: 'packages',
  testMatch: ['<rootDir>/test/packages/**/*.test.ts'],
  testPathIgnorePatterns: ['/apps/'],
  maxWorkers: 1,
  testTimeout: 1_200_000,
};
