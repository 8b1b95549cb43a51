/** Commands that wait for something to come. */
const BLOCKING = new Set([
  'BLPOP',
  'BRPOP',
  'BLMOVE',
  'BLMPOP',
  'BRPOPLPUSH',
  'BZPOPMIN',
  'BZPOPMAX',
  'BZMPOP',
]);
const BLOCKING_WITH_OPTION = new Set(['XREAD', 'XREADGROUP']);

/** Whether Redis may keep the connection waiting for this command, and everything behind it. */
export function isBlocking(args: readonly string[]): boolean {
  const command = args[0]?.toUpperCase() ?? '';
  if (BLOCKING.has(command)) return true;
  return BLOCKING_WITH_OPTION.has(command) && args.some((argument) => argument.toUpperCase() === 'BLOCK');
}
