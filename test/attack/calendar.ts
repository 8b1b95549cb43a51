/** The moment at which every hostile token is judged: seconds since 1970. */
export const NOW = Date.UTC(2026, 5, 1) / 1_000;

/** Only the calendar stands still; sockets and timers go on. */
export function stopTheCalendar(): void {
  jest.useFakeTimers({
    now: NOW * 1_000,
    doNotFake: [
      'hrtime',
      'nextTick',
      'performance',
      'queueMicrotask',
      'setImmediate',
      'clearImmediate',
      'setInterval',
      'clearInterval',
      'setTimeout',
      'clearTimeout',
    ],
  });
}
