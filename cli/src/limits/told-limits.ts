/** What limits an API holds a token to, as its answers say, next to what somebody needs. Pure. */

export interface ToldLimit {
  readonly name: string;
  readonly limit: number;
  readonly windowSeconds: number;
}

/** Reads `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers): items with a quota `q` and a window `w`. */
export function toldLimits(header: string): ToldLimit[] {
  return [...header.matchAll(/"([^"\\]{1,100})"((?: *; *[a-z]+=[^;,]{1,100})+)/g)].flatMap(
    ([, name = '', parameters = '']) => {
      const limit = integer(parameters, 'q');
      const windowSeconds = integer(parameters, 'w');
      return limit === undefined || !windowSeconds ? [] : [{ name, limit, windowSeconds }];
    },
  );
}

function integer(parameters: string, name: string): number | undefined {
  const found = new RegExp(`; *${name}=(\\d{1,15}) *(?:;|$)`).exec(parameters);
  return found ? Number(found[1]) : undefined;
}

/** Those that admit less, in the long run, than is needed. */
export function narrower(
  told: readonly ToldLimit[],
  needed: Pick<ToldLimit, 'limit' | 'windowSeconds'>,
): ToldLimit[] {
  return told.filter(
    ({ limit, windowSeconds }) => limit / windowSeconds < needed.limit / needed.windowSeconds,
  );
}
