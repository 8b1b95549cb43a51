/**
 * Node's own timers, for what gathers requests for a moment or gives the event loop a turn. The tests of an app may replace the global ones
 * (`jest.useFakeTimers()`), and every request would wait for the test to move time on. What a test's time should move
 * on its own, such as a retry or a time-out, is started by the global ones.
 */
import timers from 'node:timers';

// Kept, because some libraries replace the functions in the module as well.
export const { setImmediate: ownImmediate, setTimeout: ownTimeout } = timers;
