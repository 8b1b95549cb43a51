/** Limits of single organisations, read from Vault's KV, so that support changes one without a deploy. */
import { z } from 'zod';
import { harmless } from '../../listener';
import { readLimit, type Limit, type Policy } from '../../policy';
import { limitPlan, tierPlan, type LimitPlan, type TierPlan } from '../decide/limit-plan';
import {
  resolveWatchOverrides,
  type Overrides,
  type OverridesSource,
  type WatchOverridesOptions,
} from '../options';

/** The part of a `SecretsManager` that is needed here. */
export interface KvWatcher {
  watchKv<S extends z.ZodType>(
    path: string,
    schema: S,
    options?: { readonly intervalSeconds?: number },
  ): Promise<{ readonly current: z.output<S> }>;
}

/** In headers and metrics, the tier of an organisation that has limits of its own. */
const CUSTOM = 'custom';

/**
 * The shape of the entry: for each organisation the name of a tier, or limits on windows that the policy has:
 *
 *     bao kv patch -mount=secret fintech-api/limits acme=enterprise globex=5000/1m
 */
export function overridesSchema(policy: Pick<Policy, 'tiers' | 'defaultTier'>): z.ZodType<Overrides> {
  const plan = limitPlan(policy);
  const value = z.string().transform((text, context) => {
    const tier = Object.hasOwn(policy.tiers, text) ? plan.tier(text) : customTier(text, plan);
    if (tier !== undefined) return tier;
    const windows = plan.windowsMs.map((ms) => `${ms / 1_000}s`).join(', ');
    context.addIssue({
      code: 'custom',
      input: text,
      message: `expected a tier (${Object.keys(policy.tiers).join(', ')}) or limits such as "5000/1m", on these windows, each once: ${windows}`,
    });
    return z.NEVER;
  });
  return z.record(z.string().min(1).max(256), value).transform((entries) => {
    const tiers = new Map(Object.entries(entries));
    return (organisation: string) => tiers.get(organisation);
  });
}

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
 * Follows the overrides in Vault's KV. A change is applied within the interval. An entry that cannot be understood
 * changes nothing: the last good version stays, and the SecretsManager tells why (`kv_failed`). Until there is a good
 * version, every organisation has its tier's limits.
 *
 * Overrides are by `org_id` alone: where several issuers are configured, they must not share identifiers.
 *
 * @throws what `watchKv()` throws for other reasons: the Vault policy may not read the entry, Vault is away.
 *
 * @example
 * app.use(rateLimit({ policy, redis, overrides: await watchOverrides(secrets, policy) }));
 */
export async function watchOverrides(
  secrets: KvWatcher,
  policy: Policy,
  options: WatchOverridesOptions = {},
): Promise<OverridesSource> {
  const { path, intervalSeconds, onMissing } = resolveWatchOverrides(options, policy);
  const schema = overridesSchema(policy);
  let watched: OverridesSource = { current: () => undefined };
  const start = async (): Promise<void> => {
    watched = await secrets.watchKv(path, schema, { intervalSeconds });
  };
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
      return watched.current;
    },
  };
}

function isBearable(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && BEARABLE.has(String(error.code));
}
