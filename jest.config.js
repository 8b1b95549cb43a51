/**
 * Three projects, so that each can be run alone:
 *   jest --selectProjects unit | synth | integration
 * `integration` starts the real engines once for all of its files. What needs AWS is not among them (test/edge), nor are
 * the files whose names end with `.release.test.ts`: `npm run test:release`.
 */
const { availableParallelism } = require('node:os');
const shared = require('./test/support/jest-shared.js');

/** @type {import('jest').Config} */
module.exports = {
  // One more than there are cores, where jest leaves a core free: many files wait for servers most of their time.
  maxWorkers: availableParallelism() + 1,
  // A worker keeps much of every file that it ran. Beyond this, collecting garbage costs more than a new one.
  workerIdleMemoryLimit: '1GB',
  // No bound of any test, but the end of one that hangs: a test waits for what it waits for (test/support/until.ts).
  // jest reads it here only, and in no project.
  testTimeout: 300_000,
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
      testMatch: ['<rootDir>/test/integration/**/!(*.release).test.ts'],
      globalSetup: '<rootDir>/test/integration/setup.ts',
      globalTeardown: '<rootDir>/test/integration/teardown.ts',
    },
  ],
};
