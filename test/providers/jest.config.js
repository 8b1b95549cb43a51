/** `npm run test:providers`: the presets on real identity providers. */
const shared = require('../support/jest-shared.js');

/** @type {import('jest').Config} */
module.exports = {
  ...shared,
  rootDir: '../..',
  displayName: 'providers',
  testMatch: ['<rootDir>/test/providers/**/*.test.ts'],
  testTimeout: 300_000,
};
