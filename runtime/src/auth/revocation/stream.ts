/**
 * The deny-lists in Redis: a stream, one entry a denial, that each instance reads from where it left off. It is
 * read by short polling: five small reads a second, on the connection that is there anyway, which a rotation of
 * credentials can change at any time. A blocking XREAD would need a connection of its own, and would have to be
 * ended at every rotation.
 */
import type { RedisCommands } from '../../redis';
import type { Clock } from '../../time/clock';
import { ownImmediate } from '../../time/own-timers';
import type { Denial, DenialScope } from './denials';

/** Entries got by one read. */
export const PAGE = 1_000;
/** Entries added by one call of the script. */
const BATCH = 500;
const READ_TIMEOUT_MS = 500;
const APPEND_TIMEOUT_MS = 1_000;
/** A command that was given up may still be waiting in the client. While so many are, no other is sent. */
const MOST_GIVEN_UP = 3;

/** Redis dates entries by its own clock, which may be this far from the instances'. */
const MARGIN_SECONDS = 60;

/**
 * Adds entries and removes those that are too old, by their IDs. The stream itself expires after its last entry has
 * become too old. Atomic, so that it cannot expire between the two commands.
 */
const APPEND = `
local life = tonumber(ARGV[1])
local now = redis.call('TIME')
local oldest = now[1] * 1000 - life
for i = 2, #ARGV, 4 do
  redis.call('XADD', KEYS[1], 'MINID', string.format('%d', oldest), '*',
    'name', ARGV[i], 'scope', ARGV[i + 1], 'issuedUntil', ARGV[i + 2], 'since', ARGV[i + 3])
end
redis.call('PEXPIRE', KEYS[1], life)
`;

/** An entry of the stream. An entry that cannot be read has no denial. */
export interface StreamEntry {
  readonly id: string;
  readonly denial: Denial | undefined;
}

export class RevocationStream {
  readonly #redis: RedisCommands;
  readonly #key: string;
  readonly #lifeMs: number;
  readonly #clock: Clock;
  #givenUp = 0;

  /**
   * @param name what the revocations belong to: the policy's name.
   * @param lifeSeconds how long a denial lives.
   */
  constructor(redis: RedisCommands, name: string, lifeSeconds: number, clock: Clock) {
    this.#redis = redis;
    this.#key = `portcullis:{${name}}:revocations`;
    this.#lifeMs = Math.ceil((lifeSeconds + MARGIN_SECONDS) * 1_000);
    this.#clock = clock;
  }

  /** Adds entries, for whoever may do nothing else. Instances that read them renew the stream's life. */
  async add(denials: readonly Denial[]): Promise<void> {
    for (const { name, scope, issuedUntil, since } of denials) {
      const fields = Object.entries({ name, scope, issuedUntil, since }).flat().map(String);
      await this.#ask(['XADD', this.#key, '*', ...fields], APPEND_TIMEOUT_MS);
    }
  }

  /** Keeps the stream for as long as its last entry counts, whoever added it. */
  async renew(): Promise<void> {
    await this.#ask(['PEXPIRE', this.#key, String(this.#lifeMs)], APPEND_TIMEOUT_MS);
  }

  /** Up to {@link PAGE} entries, oldest first, from the ID given on: itself included, if the stream still has it. */
  async read(from: string | undefined): Promise<readonly StreamEntry[]> {
    const command = ['XRANGE', this.#key, from ?? '-', '+', 'COUNT', String(PAGE)];
    const reply = (await this.#ask(command, READ_TIMEOUT_MS)) as readonly [string, readonly string[]][];
    return reply.map(([id, fields]) => ({ id, denial: readDenial(fields) }));
  }

  async append(denials: readonly Denial[]): Promise<void> {
    for (let at = 0; at < denials.length; at += BATCH) {
      const values = denials
        .slice(at, at + BATCH)
        .flatMap(({ name, scope, issuedUntil, since }) => [name, scope, String(issuedUntil), String(since)]);
      await this.#ask(['EVAL', APPEND, '1', this.#key, String(this.#lifeMs), ...values], APPEND_TIMEOUT_MS);
    }
  }

  /** Waits no longer than the time-out, and sends no command that would have to wait for a connection. */
  #ask(command: string[], timeoutMs: number): Promise<unknown> {
    if (this.#redis.isReady === false) return Promise.reject(new Error('no connection to Redis'));
    if (this.#givenUp >= MOST_GIVEN_UP) return Promise.reject(new Error('Redis does not answer'));
    return new Promise((resolve, reject) => {
      let answered = false;
      let givenUp = false;
      const cancel = this.#clock.after(timeoutMs, () => {
        // After a long turn of the event loop, timers run before answers that arrived long ago.
        ownImmediate(() => {
          if (answered) return;
          givenUp = true;
          this.#givenUp += 1;
          reject(new Error(`Redis did not answer within ${timeoutMs} ms`));
        });
      });
      void Promise.resolve()
        .then(() => this.#redis.sendCommand(command))
        .then(resolve, reject)
        .finally(() => {
          answered = true;
          if (givenUp) this.#givenUp -= 1;
          cancel();
        });
    });
  }
}

function readDenial(fields: readonly string[]): Denial | undefined {
  const values = new Map<string, string>();
  for (let at = 0; at + 1 < fields.length; at += 2) values.set(String(fields[at]), String(fields[at + 1]));
  const name = values.get('name');
  const scope = values.get('scope');
  const issuedUntil = Number(values.get('issuedUntil'));
  const since = Number(values.get('since'));
  if (name?.length !== 22 || !isScope(scope) || Number.isNaN(issuedUntil) || !Number.isFinite(since))
    return undefined;
  return { name, scope, issuedUntil, since };
}

function isScope(text: string | undefined): text is DenialScope {
  return text === 'tokens' || text === 'sessions' || text === 'all';
}
