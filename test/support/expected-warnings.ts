/**
 * Most limiters of tests state no `trustedProxies`, and each says so: a hundred lines between the results. The tests of
 * the warning look at `process.emitWarning` themselves.
 */
const { emitWarning } = process;

process.emitWarning = ((warning: string | Error, ...rest: [{ code?: string }?]) => {
  if (rest[0]?.code !== 'PORTCULLIS_TRUSTED_PROXIES') emitWarning(warning, ...(rest as []));
}) as typeof process.emitWarning;
