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

/** Where an organisation stands in one window of one tier. */
export interface WindowUsage {
  readonly tier: string;
  /** Whether the organisation has this limit instead of its tier's. */
  readonly override: boolean;
  readonly windowSeconds: number;
  readonly limit: number;
  /** Whether it is only tried, and refuses nobody. */
  readonly shadow: boolean;
  readonly used: number;
  /** Below zero when more was spent under another tier. */
  readonly remaining: number;
  /** Seconds until all of it is free again, if nothing more is spent. */
  readonly resetSeconds: number;
}

const RESET = plainScript(`return redis.call('DEL', unpack(KEYS))`);

/**
 * What support can see and do about an organisation's limits, beside the running app.
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
   * Reads what an organisation has spent and what it has left: of its own limits, when it has some, and of each tier's.
   * (Only the organisation's tokens say which tier it has.) Limits that count by something else are not told.
   *
   * @param overrides the limits of single organisations: `overridesSchema(policy)` reads them.
   * @throws StoreUnavailableError
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
   * Reads what running instances reported within the last seconds: whom they denied in the last hour, and which version
   * of the overrides they follow.
   *
   * @throws StoreUnavailableError
   */
  reported(): Promise<Reported> {
    return reported(this.#redis, this.#names);
  }

  /**
   * Forgets what an organisation has spent. Processes of the app may repeat a refusal for a second more, and may spend
   * blocks that they hold for the organisation for a sixtieth of the shortest window. A later refund of a call from
   * before the reset reduces what was spent since, because a refund knows its bucket and not its call.
   *
   * @returns whether there was something to forget.
   * @throws StoreUnavailableError
   */
  async reset(issuer: string, organisation: string): Promise<boolean> {
    const keys = new Shape(this.#plan.windowsMs).keys([
      stemOf(this.#names.ofOrganisation(issuer, organisation)),
    ]);
    return Number(await this.#redis.run(RESET, keys, [])) > 0;
  }
}
