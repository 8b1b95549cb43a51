import { ANONYMOUS_TIER, type Policy } from '../../policy';
import { accessTo, type RedisClient } from '../../redis';
import { limitPlan, type LimitPlan } from '../decide/limit-plan';
import { SUPPORT_TIMEOUT_MS, type Overrides } from '../options';
import { reported, type Reported } from '../report/reports';
import { plainScript } from '../store/charge-script';
import { GuardedRedis } from '../store/guarded-redis';
import { RedisStore } from '../store/redis-store';
import { Shape, stemOf } from '../store/shape';
import { ClientNames } from './client-names';

/** What an organisation has spent of one limit of one tier. */
export interface WindowUsage {
  readonly tier: string;
  /** Whether the organisation has this limit instead of its tier's. */
  readonly override: boolean;
  readonly windowSeconds: number;
  /** The most cost that is admitted in the window. */
  readonly limit: number;
  /** Whether the limit is in shadow, and refuses nobody. */
  readonly shadow: boolean;
  /** What was spent in the window that ends now. */
  readonly used: number;
  /** What is left; below zero if more was spent under another tier. */
  readonly remaining: number;
  /** Seconds until the whole limit is free again, if nothing more is spent. */
  readonly resetSeconds: number;
}

const RESET = plainScript(`return redis.call('DEL', unpack(KEYS))`);

/**
 * Reads and resets what organisations have spent, beside the running app: for support.
 *
 * @example
 * const limits = new ClientLimits(policy, redis);
 * await limits.usage(issuer, 'acme'); // [{ tier: 'free', override: false, windowSeconds: 60, limit: 100, used: 42, … }, …]
 */
export class ClientLimits {
  readonly #names: ClientNames;
  readonly #plan: LimitPlan;
  readonly #redis: GuardedRedis;

  constructor(
    readonly policy: Policy,
    redis: RedisClient,
    timeoutMs = SUPPORT_TIMEOUT_MS,
  ) {
    this.#names = new ClientNames(policy.name);
    this.#plan = limitPlan(policy);
    this.#redis = new GuardedRedis(accessTo(redis), { timeoutMs });
  }

  /**
   * Reads what an organisation has spent and what is left: of its own limits, if it has some, and of each tier's, because
   * only its tokens say which tier it has. Limits that count by anything else are left out.
   *
   * @param overrides the limits of single organisations, as `overridesSchema(policy)` reads them.
   * @throws StoreUnavailableError if Redis does not answer in time.
   */
  async usage(issuer: string, organisation: string, overrides?: Overrides): Promise<WindowUsage[]> {
    const client = this.#names.ofOrganisation(issuer, organisation);
    const { windowsMs } = this.#plan;
    const store = new RedisStore(this.#redis, windowsMs);
    const { used, resetMs } = await store.charge({ client, cost: 0, limits: windowsMs.map(() => Infinity) });
    const own = overrides?.(organisation);
    const names = Object.keys(this.policy.tiers).filter((name) => name !== ANONYMOUS_TIER);
    const tiers = names.map((name) => this.#plan.tier(name));
    return [...(own === undefined ? [] : [own]), ...tiers].flatMap((plan) =>
      plan.stated.flatMap(({ by, limit, windowSeconds, shadow = false }) => {
        const index = windowsMs.indexOf(windowSeconds * 1_000);
        const spent = used[index] ?? 0;
        const told = { tier: plan.name, override: plan === own, windowSeconds, limit, shadow, used: spent };
        const resetSeconds = Math.ceil((resetMs[index] ?? 0) / 1_000);
        return by === undefined ? [{ ...told, remaining: limit - spent, resetSeconds }] : [];
      }),
    );
  }

  /**
   * Reads what running instances reported lately: whom they denied in the last hour, and which version of the overrides
   * they follow.
   *
   * @throws StoreUnavailableError if Redis does not answer in time.
   */
  reported(): Promise<Reported> {
    return reported(this.#redis, this.#names);
  }

  /**
   * Resets what an organisation has spent. Instances of the app may repeat a refusal for one more second, and may use blocks
   * that they reserved for it for a sixtieth of the shortest window. A later refund of a call from before the reset reduces
   * what was spent since.
   *
   * @returns whether anything was reset.
   * @throws StoreUnavailableError if Redis does not answer in time.
   */
  async reset(issuer: string, organisation: string): Promise<boolean> {
    const keys = new Shape(this.#plan.windowsMs).keys([
      stemOf(this.#names.ofOrganisation(issuer, organisation)),
    ]);
    return Number(await this.#redis.run(RESET, keys, [])) > 0;
  }
}
