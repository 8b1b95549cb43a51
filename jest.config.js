/**
 * Three projects, so that each can be run alone:
 *   jest --selectProjects unit | synth | integration
 * `integration` starts the real engines once for all of its files. What needs AWS is not among them: test/edge.
 */
const shared = require('./test/support/jest-shared');

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
