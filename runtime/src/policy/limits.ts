/** What a policy's author wrote of limits, as everybody else reads it. */
import type { Problem } from './errors';
import { limitKeyName, type Limit, type LimitKey } from './limit';
import type { ParsedPolicy } from './schema';

type ParsedTier = ParsedPolicy['tiers'][string];
type ParsedWindows = Extract<ParsedTier, readonly unknown[]>;

/** A tier's limits. */
export function tierLimits(tier: ParsedTier): readonly Limit[] {
  return 'limits' in tier ? limitsOf(tier.limits, tier.shadow) : limitsOf(tier);
}

/** @param shadow whether all of them are only tried. */
export function limitsOf(windows: ParsedWindows, shadow = false): readonly Limit[] {
  return windows.map(({ limit, window, by, shadow: own }) => {
    const keys = keysOf(by);
    return {
      limit,
      windowSeconds: window,
      ...(limitKeyName(keys) !== 'organisation' && { by: keys }),
      ...((shadow || own === true) && { shadow: true }),
    };
  });
}

/** A user is one within an organisation: alone it stands for both. */
function keysOf(by: ParsedWindows[number]['by'] = 'organisation'): readonly LimitKey[] {
  const keys = Array.isArray(by) ? by : [by];
  return keys[0] === 'user' ? ['organisation', ...keys] : keys;
}

/** Two limits on the same window, by the same keys, in one list; keys that say nothing. */
export function repeatedLimits({ tiers, routes }: ParsedPolicy): Problem[] {
  const lists = [
    ...Object.entries(tiers).map(([name, tier]) =>
      'limits' in tier
        ? ([`tiers.${name}.limits`, tier.limits] as const)
        : ([`tiers.${name}`, tier] as const),
    ),
    ...routes.map(({ limits }, index) => [`routes[${index}].limits`, limits ?? []] as const),
  ];
  return lists.flatMap(([path, windows]) => [
    ...repeatedWindows(path, windows),
    ...repeatedKeys(path, windows),
  ]);
}

function repeatedWindows(path: string, windows: ParsedWindows): Problem[] {
  const names = limitsOf(windows).map(({ windowSeconds, by }) => `${windowSeconds} ${limitKeyName(by)}`);
  return windows.flatMap(({ window }, index) =>
    names.indexOf(names[index] ?? '') < index
      ? [{ path: `${path}[${index}].window`, message: `${window} s appears twice here; keep one` }]
      : [],
  );
}

function repeatedKeys(path: string, windows: ParsedWindows): Problem[] {
  return windows.flatMap(({ by }, index) => {
    const names = keysOf(by).map((key) => limitKeyName([key]));
    const repeated = names.find((name, at) => names.indexOf(name) < at);
    return repeated === undefined
      ? []
      : [{ path: `${path}[${index}].by`, message: `received ${repeated} twice; keep one` }];
  });
}
