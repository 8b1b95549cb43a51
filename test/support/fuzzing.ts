/** The variable that `npm run test:fuzz` sets to `true`: each property is then tried, and each load repeated, as often as a release deserves. */
export const FUZZ_AT_LENGTH = 'PORTCULLIS_FUZZ_AT_LENGTH';

/** Whether there is time. */
export const atLength = process.env[FUZZ_AT_LENGTH] === 'true';

const BRIEFLY = 1 / 10;

/** How often to try a property, or to repeat a load: `full` times at length, a tenth of that before a commit. */
export function runs(full: number): number {
  return Math.ceil(atLength ? full : full * BRIEFLY);
}
