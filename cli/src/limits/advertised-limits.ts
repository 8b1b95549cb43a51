/** The limits that an API's answers advertise for a token, compared with the limit that somebody needs. Pure. */

export interface AdvertisedLimit {
  readonly name: string;
  readonly limit: number;
  readonly windowSeconds: number;
}

/** Reads `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers): items with a quota `q` and a window `w`. */
export function advertisedLimits(header: string): AdvertisedLimit[] {
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

/** The advertised limits that admit less, in the long run, than is needed. */
export function narrower(
  advertised: readonly AdvertisedLimit[],
  needed: Pick<AdvertisedLimit, 'limit' | 'windowSeconds'>,
): AdvertisedLimit[] {
  return advertised.filter(
    ({ limit, windowSeconds }) => limit / windowSeconds < needed.limit / needed.windowSeconds,
  );
}
