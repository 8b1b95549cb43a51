import { endOfTurn } from '../../http/together';
import type { Script } from './charge-script';

/** Runs a script on keys of one slot of a cluster, or on any keys where there are no slots. */
export interface ScriptRunner {
  readonly clustered: boolean;
  run(script: Script, keys: readonly string[], args: readonly string[]): Promise<unknown>;
}

/** How one call of a script carries out several requests. */
export interface BatchScript<Request, Answer> {
  readonly script: Script;
  /** What the call is given. */
  command(requests: readonly Request[]): {
    readonly keys: readonly string[];
    readonly args: readonly string[];
  };
  /** Reads the answer of each request out of the reply. */
  answers(reply: readonly unknown[], requests: readonly Request[]): readonly Answer[];
}

interface Waiting<Request, Answer> {
  readonly request: Request;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** One call carries at most this many requests: Redis serves nobody else meanwhile, and takes about 10 µs for each. */
const LONGEST = 256;

/** Delays a flush, so that requests which come meanwhile are part of it. */
export type Schedule = (flush: () => void) => unknown;

/**
 * Gathers requests that come together, usually in the same turn of the event loop, and carries them out by one
 * EVALSHA in the order in which they came. In a cluster, where a script sees only one slot, each client has its own.
 */
export class Batch<Request extends { readonly client: string }, Answer> {
  #waiting: Waiting<Request, Answer>[] = [];

  constructor(
    readonly redis: ScriptRunner,
    readonly script: BatchScript<Request, Answer>,
    readonly schedule: Schedule = (flush) => endOfTurn().then(flush),
  ) {}

  add(request: Request): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.push({ request, resolve, reject }) === 1) this.schedule(this.#flush);
    });
  }

  readonly #flush = (): void => {
    const waiting = this.#waiting;
    this.#waiting = [];
    const batches = this.redis.clustered ? byClient(waiting) : [waiting];
    for (const batch of batches)
      for (let at = 0; at < batch.length; at += LONGEST) this.#run(batch.slice(at, at + LONGEST));
  };

  #run(batch: readonly Waiting<Request, Answer>[]): void {
    const requests = batch.map(({ request }) => request);
    const { keys, args } = this.script.command(requests);
    this.redis
      .run(this.script.script, keys, args)
      .then((reply) => {
        const answers = this.script.answers(reply as unknown[], requests);
        batch.forEach(({ resolve }, index) => resolve(answers[index] as Answer));
      })
      // A reply that cannot be read ends here as well, so that no request waits for ever.
      .catch((error: unknown) => batch.forEach(({ reject }) => reject(error)));
  }
}

/** Each client's requests, in the order in which they came. */
function byClient<Entry extends { readonly request: { readonly client: string } }>(
  waiting: readonly Entry[],
): Iterable<Entry[]> {
  const batches = new Map<string, Entry[]>();
  for (const entry of waiting) {
    const batch = batches.get(entry.request.client);
    if (batch === undefined) batches.set(entry.request.client, [entry]);
    else batch.push(entry);
  }
  return batches.values();
}
