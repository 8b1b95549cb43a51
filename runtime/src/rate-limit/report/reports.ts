import { z } from 'zod';
import type { ClientNames } from '../client/client-names';
import type { GuardedRedis } from '../store/guarded-redis';
import { BUCKET_MS, GONE_AFTER_MS, KEPT_BUCKETS, readReports } from './report-script';
import { reportKeysOf } from './reporter';

/** An organisation that was denied within the last hour. */
export interface DeniedOrganisation {
  readonly issuer: string;
  readonly organisation: string;
  readonly denials: number;
}

/** Who was denied in the last hour, and which overrides the instances follow. */
export interface Reported {
  /** Most denied first. */
  readonly denied: readonly DeniedOrganisation[];
  /** Denials of organisations for which the list has no room. */
  readonly others: number;
  /** The version of the overrides that each running instance follows; an instance without overrides has none. */
  readonly versions: readonly number[];
}

const instances = z.record(z.string(), z.tuple([z.number(), z.number()]));
const bucket = z.object({
  bucket: z.number(),
  by: z.record(z.string(), z.number()),
  others: z.number(),
});

/** Reads what the instances of a service reported. @throws StoreUnavailableError */
export async function reported(redis: GuardedRedis, names: ClientNames): Promise<Reported> {
  const reply = (await redis.run(readReports, reportKeysOf(names), [])) as unknown[];
  const [now = 0, told, ...buckets] = reply;
  const nowMs = Number(now);
  const running = Object.values(parse(instances, told) ?? {});
  const latest = Math.floor(nowMs / BUCKET_MS);
  const recent = buckets
    .map((text) => parse(bucket, text))
    .filter((one) => one !== undefined && latest - one.bucket < KEPT_BUCKETS);
  const counts = new Map<string, number>();
  for (const one of recent)
    for (const [name, count] of Object.entries(one?.by ?? {}))
      counts.set(name, (counts.get(name) ?? 0) + count);
  return {
    denied: [...counts]
      .map(([name, denials]) => ({ ...named(name), denials }))
      .sort((a, b) => b.denials - a.denials),
    others: recent.reduce((sum, one) => sum + (one?.others ?? 0), 0),
    versions: running.filter(([, at]) => nowMs - at < GONE_AFTER_MS).map(([version]) => version),
  };
}

function named(name: string): Pick<DeniedOrganisation, 'issuer' | 'organisation'> {
  const space = name.indexOf(' ');
  return { issuer: name.slice(0, space), organisation: name.slice(space + 1) };
}

/** What nobody can read counts for nothing. */
function parse<T>(schema: z.ZodType<T>, text: unknown): T | undefined {
  try {
    return schema.safeParse(JSON.parse(String(text))).data;
  } catch {
    return undefined;
  }
}
