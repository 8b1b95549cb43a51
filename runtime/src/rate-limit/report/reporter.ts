import { randomUUID } from 'node:crypto';
import type { ClientNames } from '../client/client-names';
import type { GuardedRedis } from '../store/guarded-redis';
import { DeniedOrganisations } from './denied-organisations';
import { reportKeys, reportScript } from './report-script';

/** How often an instance reports, ms: often enough that the command need not wait long for it. */
const INTERVAL_MS = 5_000;

/** Where a service's reports are. */
export const reportKeysOf = (names: ClientNames): string[] => reportKeys(names.of('reports', ''));

/**
 * Reports what this instance denied, and which version of the overrides it follows, for `portcullis limits`. It reports
 * only where there is something to say. While Redis does not answer, denials are kept for the next report.
 */
export class Reporter {
  readonly denied = new DeniedOrganisations();
  readonly #instance = randomUUID();
  readonly #keys: string[];
  readonly #timer: NodeJS.Timeout;
  #reporting: Promise<void> | undefined;

  /** @param version of the overrides that this instance follows; nothing where it follows none. */
  constructor(
    readonly redis: Pick<GuardedRedis, 'run'>,
    names: ClientNames,
    readonly version: () => number | undefined,
  ) {
    this.#keys = reportKeysOf(names);
    this.#timer = setInterval(() => void this.report(), INTERVAL_MS).unref();
  }

  /** Reports now. Never rejects. */
  report(): Promise<void> {
    this.#reporting ??= this.#report(this.version()).finally(() => (this.#reporting = undefined));
    return this.#reporting;
  }

  /** Reports for the last time: the instance is gone. Never rejects. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#reporting;
    await this.#report(undefined, this.version() !== undefined);
  }

  async #report(version: number | undefined, leaves = false): Promise<void> {
    if (version === undefined && this.denied.isEmpty && !leaves) return;
    const denied = this.denied.take();
    try {
      await this.redis.run(reportScript, this.#keys, [
        this.#instance,
        version === undefined ? '' : String(version),
        JSON.stringify(denied),
      ]);
    } catch {
      this.denied.putBack(denied);
    }
  }
}
