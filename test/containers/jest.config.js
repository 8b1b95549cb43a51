/** `npm run test:containers`: the images, started by a container engine as what was applied to AWS says. */
const shared = require('../support/jest-shared.js');

/** @type {import('jest').Config} */
module.exports = {
  ...shared,
  rootDir: '../..',
  displayName: 'containers',
  testMatch: ['<rootDir>/test/containers/**/*.test.ts'],
  // They share one engine's images, and its networks.
  maxWorkers: 1,
  testTimeout: 600_000,
};
