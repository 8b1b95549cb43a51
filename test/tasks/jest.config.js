/** `npm run test:tasks`: what a page tells a newcomer to do, done by a script, on real servers. */
const shared = require('../support/jest-shared.js');

/** @type {import('jest').Config} */
module.exports = {
  ...shared,
  rootDir: '../..',
  displayName: 'tasks',
  testMatch: ['<rootDir>/test/tasks/**/*.test.ts'],
  maxWorkers: 1,
  testTimeout: 300_000,
};
