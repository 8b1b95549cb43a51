/** Sends what was planned: what is charged to one counter in the order of the plan, counters beside each other. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { TokenSource } from '../../connections/client-tokens';
import { Ledger } from '../judge/ledger';
import { costsOtherwise } from '../judge/limits';
import type { Omitted, Probe } from '../probes/probe';
import { isSafe } from '../probes/subject';
import { carry, type Carried } from './carry';
import { byCounter, type Exchange } from './exchange';
import { Pace } from './pace';
import type { Sender } from './sender';

interface RunParts {
  readonly sender: Pick<Sender, 'send'>;
  readonly tokens: TokenSource;
  readonly expiredToken?: string | undefined;
}

interface Outcome {
  readonly exchanges: readonly Exchange[];
  readonly omitted: readonly Omitted[];
}

/** Without a client it does not matter in which order answers come. */
const BESIDE_EACH_OTHER = 4;

export async function runProbes(probes: readonly Probe[], parts: RunParts): Promise<Outcome> {
  const places = new Map(probes.map((probe, index) => [probe, index]));
  const pace = new Pace();
  const lanes = byCounter(probes, (probe) => probe).map((lane) => runLane(lane, pace, parts));
  const outcomes = await Promise.all(lanes);
  return {
    // In the order of the plan, whichever answer came first.
    exchanges: outcomes
      .flatMap(({ exchanges }) => exchanges)
      .sort((a, b) => (places.get(a.probe) ?? 0) - (places.get(b.probe) ?? 0)),
    omitted: outcomes.flatMap(({ omitted }) => omitted),
  };
}

async function runLane(lane: readonly Probe[], pace: Pace, parts: RunParts): Promise<Outcome> {
  const exchanges: Exchange[] = [];
  const omitted: Omitted[] = [];
  const waiting = [...lane];
  const isClients = lane.some(({ credentials }) => credentials.is === 'token');
  const ledger = new Ledger();

  const sendOne = async (probe: Probe): Promise<Exchange | undefined> => {
    const { check, subject } = probe;
    for (let wait = 1; wait > 0;) {
      wait = pace.waitMs(probe, performance.now());
      if (wait === Infinity) {
        omitted.push({
          check,
          subject,
          reason: `one call costs a quarter of the limit, or more: ${probe.cost}`,
        });
        return undefined;
      }
      // Another one may take the room that was waited for: it is asked for again.
      if (wait > 0) await sleep(wait);
    }
    pace.sent(probe, performance.now());
    let carried: Carried;
    try {
      carried = await carry(probe.credentials, parts.tokens, parts.expiredToken);
    } catch (error) {
      omitted.push({ check, subject, reason: `no token: ${(error as Error).message}` });
      return undefined;
    }
    return exchange(probe, carried, parts);
  };

  const work = async (): Promise<void> => {
    for (let probe = waiting.shift(); probe !== undefined; probe = waiting.shift()) {
      const first = await sendOne(probe);
      if (first === undefined) continue;
      const again: Exchange[] = [];
      // Once more, and once more: what costs the same each time costs it by no coincidence.
      for (
        let last = first;
        isClients && isSafe(probe.method) && again.length < 2 && costsOtherwise(ledger, last);
      ) {
        ledger.note(last);
        const next = await sendOne(probe);
        if (next === undefined) break;
        again.push(next);
        last = next;
      }
      ledger.note(again.at(-1) ?? first);
      exchanges.push({ ...first, ...(again.length > 0 && { again }) });
    }
  };
  await Promise.all(Array.from({ length: isClients ? 1 : BESIDE_EACH_OTHER }, work));
  return { exchanges, omitted };
}

async function exchange(
  probe: Probe,
  { authorization, ...carried }: Carried,
  parts: RunParts,
): Promise<Exchange> {
  const headers = {
    'user-agent': 'portcullis-verify',
    accept: 'application/json',
    ...probe.headers,
    ...(authorization !== undefined && { authorization }),
  };
  const sentAt = performance.now();
  const answer = await parts.sender
    .send({ method: probe.method, target: probe.target, headers })
    .catch((error: unknown) => ({ failed: reasonOf(error) }));
  return { probe, answer, ...carried, sentAt, receivedAt: performance.now() };
}

/** A parser's error may hold what it read: its code is enough. */
function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}
