/** Limits of single organisations, read from Vault's KV, so that support changes one without a deploy. */
import { z } from 'zod';
import { harmless } from '../../listener';
import { readLimit, type Limit, type Policy, type Problem } from '../../policy';
import { systemClock } from '../../time/clock';
import { limitPlan, tierPlan, type LimitPlan, type TierPlan } from '../decide/limit-plan';
import {
  resolveWatchOverrides,
  type Overrides,
  type WatchOverridesOptions,
  type WatchedOverrides,
} from '../options';
import { readOverrideText, type OverrideText } from './override-text';

/** The part of a `SecretsManager` that is needed here. */
export interface KvWatcher {
  watchKv<S extends z.ZodType>(
    path: string,
    schema: S,
    options?: { readonly intervalSeconds?: number },
  ): Promise<{
    readonly current: z.output<S>;
    readonly version: number;
    onChange(listener: () => void): unknown;
  }>;
}

/** In headers and metrics, the tier of an organisation that has limits of its own. */
const CUSTOM = 'custom';

/** The limits of single organisations, read from a KV entry. */
export interface OrganisationLimits {
  readonly overrides: Overrides;
  /** What an organisation's field states, with its end and its reason, also after that end. */
  readonly said: (organisation: string) => OverrideText | undefined;
  /** The fields that cannot be understood, by their names, and what was expected. They do not apply. */
  readonly unusable: readonly Problem[];
}

/**
 * The shape of the entry: for each organisation the name of a tier, or limits on windows that the policy has:
 *
 *     bao kv patch -mount=secret fintech-api/limits acme=enterprise globex='5000/1m until 2026-12-01T00:00:00Z # fair'
 *
 * A field with an end applies until then, by this machine's clock. A field that cannot be understood is left out alone: its
 * organisation has the limits of its tier.
 */
export function overridesSchema(
  policy: Pick<Policy, 'tiers' | 'defaultTier'>,
  now: () => number = systemClock.wall,
): z.ZodType<OrganisationLimits> {
  const plan = limitPlan(policy);
  const windows = plan.windowsMs.map((ms) => `${ms / 1_000}s`).join(', ');
  const expected = `expected a tier (${Object.keys(policy.tiers).join(', ')}) or limits such as "5000/1m", on these windows, each once: ${windows}; then, if it has an end, "until 2026-12-01T00:00:00Z"`;
  const read = (value: unknown): Override | undefined => {
    const text = typeof value === 'string' ? readOverrideText(value) : undefined;
    if (text === undefined) return undefined;
    const tier = Object.hasOwn(policy.tiers, text.limits)
      ? plan.tier(text.limits)
      : customTier(text.limits, plan);
    return tier && { tier, untilMs: text.untilMs ?? Infinity, text };
  };
  return anEntry.transform((entries) => {
    const known = new Map<string, Override>();
    const unusable: Problem[] = [];
    for (const [organisation, value] of Object.entries(entries)) {
      const isName = organisation !== '' && organisation.length <= LONGEST_NAME;
      const override = isName ? read(value) : undefined;
      if (override !== undefined) known.set(organisation, override);
      else {
        const message = isName ? expected : `expected a name of 1 to ${LONGEST_NAME} characters`;
        unusable.push({ path: organisation, message });
      }
    }
    return {
      overrides: (organisation: string) => {
        const override = known.get(organisation);
        return override !== undefined && now() < override.untilMs ? override.tier : undefined;
      },
      said: (organisation: string) => known.get(organisation)?.text,
      unusable,
    };
  });
}

interface Override {
  readonly tier: TierPlan;
  readonly untilMs: number;
  readonly text: OverrideText;
}

const LONGEST_NAME = 256;

/** An entry's fields. Not by `z.record()`, which drops an organisation that is called `__proto__`. */
const anEntry = z.custom<Readonly<Record<string, unknown>>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'expected a field for each organisation',
);

/** Reads `5000/1m` or `5000/1m, 100/1s`; `undefined` when it is something else. */
function customTier(text: string, { windowsMs }: LimitPlan): TierPlan | undefined {
  const limits: Limit[] = [];
  for (const part of text.split(',')) {
    const limit = readLimit(part);
    if (limit === undefined || !windowsMs.includes(limit.windowSeconds * 1_000)) return undefined;
    if (limits.some(({ windowSeconds }) => windowSeconds === limit.windowSeconds)) return undefined;
    limits.push(limit);
  }
  return tierPlan(CUSTOM, limits, windowsMs);
}

/** Errors without which a start goes on: nobody wrote an entry yet, or the entry cannot be understood. */
const BEARABLE = new Set(['ERR_KV_NOT_FOUND', 'ERR_KV_SCHEMA']);

/**
 * Follows the overrides in Vault's KV. A change applies within the interval. A field that cannot be understood is left out
 * alone, in the same way in every instance; `unusable` of the result, an event and the metric
 * `portcullis.rate_limit.overrides.unusable` report it. While there is no entry, or none that can be read, the last good
 * version stays; before the first, every organisation has its tier's limits.
 *
 * Overrides are by `org_id` alone: if several issuers are configured, they must not use the same identifiers.
 *
 * @throws SecretsError as `watchKv()`, if the Vault policy does not allow to read the entry, or Vault does not answer.
 *
 * @example
 * app.use(rateLimit({ policy, redis, overrides: await watchOverrides(secrets, policy) }));
 */
export async function watchOverrides(
  secrets: KvWatcher,
  policy: Policy,
  options: WatchOverridesOptions = {},
): Promise<WatchedOverrides> {
  const { path, intervalSeconds, onMissing, onEvent, meterProvider } = resolveWatchOverrides(options, policy);
  const schema = overridesSchema(policy);
  let watched: { readonly current: OrganisationLimits; readonly version: number } = {
    current: { overrides: () => undefined, said: () => undefined, unusable: [] },
    // There is no entry yet: whatever is written first is newer.
    version: 0,
  };
  const unusable = (): string[] => watched.current.unusable.map((problem) => problem.path);
  let told = '[]';
  const tell = (): void => {
    const organisations = unusable();
    const telling = JSON.stringify(organisations);
    if (telling !== told) onEvent({ type: 'overrides_unusable', path, organisations });
    told = telling;
  };
  const start = async (): Promise<void> => {
    const following = await secrets.watchKv(path, schema, { intervalSeconds });
    watched = following;
    following.onChange(tell);
    tell();
  };
  meterProvider
    .getMeter('@portcullis/runtime')
    .createObservableGauge('portcullis.rate_limit.overrides.unusable', { unit: '{field}' })
    .addCallback((result) => result.observe(unusable().length));
  try {
    await start();
  } catch (error) {
    if (!isBearable(error)) throw error;
    harmless(onMissing, 'onMissing')(error);
    const trying = setInterval(() => {
      start().then(
        () => clearInterval(trying),
        () => undefined,
      );
    }, intervalSeconds * 1_000).unref();
  }
  return {
    get current() {
      return watched.current.overrides;
    },
    get version() {
      return watched.version;
    },
    get unusable() {
      return unusable();
    },
  };
}

function isBearable(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && BEARABLE.has(String(error.code));
}
