/** `npm run bench:session`: what people feel while sessions are renewed, with a real provider and a real Redis. */
import { writeFile } from 'node:fs/promises';
import { randomPassword } from '../cli/src/engines/random';
import { Run } from '../cli/src/engines/process/run';
import { findRedis } from '../cli/src/engines/programs/redis';
import { startOidc } from '../cli/src/local/servers/oidc';
import { startRedis } from '../cli/src/local/servers/redis';
import { Visitor } from '../test/integration/runtime/auth/visitor';
import { findWrk, generateLoad, type LoadResult } from './lib/load';
import { benchOptions } from './lib/options';
import { AUDIENCE } from './lib/policy';
import { atMost, machine, median, print, round } from './lib/report';
import { measuredServer, type MeasuredServer } from './lib/server';
import type { SessionSettings } from './session/server';

const PEOPLE = 64;
/**
 * Lives of access tokens, which are renewed at four fifths: never during a turn, or once for each person, one after the
 * other, as they logged in before the turn. As for people, no token expires before a request of theirs has it renewed.
 */
const LIFE_SECONDS = { steady: 12 * 3_600, renewing: 15 };
const LOGINS_AT_ONCE = 4;
type Scenario = keyof typeof LIFE_SECONDS;
/** Where the provider sends browsers to. Nobody listens there: the callback is then asked of the server itself. */
const REDIRECT_URI = 'http://127.0.0.1:1/auth/callback';

interface StartedApp {
  readonly server: MeasuredServer;
  /** Logs everybody in, and gives the file that holds their cookies as headers. */
  readonly logIn: () => Promise<string>;
}

async function main(): Promise<void> {
  const { rounds, seconds } = benchOptions('What people feel while the tokens of all sessions are renewed.', {
    rounds: 5,
    seconds: 13,
  });
  const run = await Run.open();
  try {
    const wrk = await findWrk({ run, note: console.error });
    const { adminUrl } = await startRedis(run, { binary: await findRedis({ run, note: console.error }) });
    const apps = {
      steady: await start(run, 'steady', adminUrl),
      renewing: await start(run, 'renewing', adminUrl),
    };
    const results: Record<Scenario, LoadResult[]> = { steady: [], renewing: [] };
    for (let turn = -1; turn < rounds; turn += 1) {
      for (const name of ['steady', 'renewing'] as const) {
        const { server, logIn } = apps[name];
        const headers = await logIn();
        const result = await generateLoad(wrk, { url: server.url, headers, skip: 0, seconds });
        if (result.refused > 0) throw new Error(`${name}: ${result.refused} requests were refused`);
        // The first turn warms up.
        if (turn >= 0) results[name].push(result);
      }
    }
    report(rounds, results);
  } finally {
    await run.close();
  }
}

/** A provider, and an app that its people log in to. */
async function start(run: Run, name: Scenario, redisUrl: string): Promise<StartedApp> {
  const subjects = Array.from({ length: PEOPLE }, (_, index) => `person-${index}`);
  const provider = await startOidc(run, {
    audience: AUDIENCE,
    scopes: ['read:transactions'],
    accessTokenSeconds: LIFE_SECONDS[name],
    clients: [],
    people: subjects.map((subject) => ({ subject, name: subject, organisation: 'org', tier: 'pro' })),
  });
  const client = { clientId: 'web', clientSecret: randomPassword(), redirectUri: REDIRECT_URI };
  await provider.register({
    ...client,
    authentication: 'client_secret_basic',
    afterLogoutUri: 'http://127.0.0.1:1/',
  });
  const settings: SessionSettings = { issuer: provider.issuer, ...client, redisUrl };
  const server = await measuredServer(run, name, { entry: 'session/server', settings }).start();
  const { origin } = new URL(server.url);
  const headers = `${run.folder}/${name}.headers`;
  return {
    server,
    logIn: async () => {
      const lines: string[] = [];
      const waiting = [...subjects];
      const next = async (): Promise<void> => {
        for (let subject = waiting.pop(); subject !== undefined; subject = waiting.pop())
          lines.push(`Cookie: ${await cookieOf(origin, subject)}\n`);
      };
      await Promise.all(Array.from({ length: LOGINS_AT_ONCE }, next));
      await writeFile(headers, lines.join(''), { mode: 0o600 });
      return headers;
    },
  };
}

async function cookieOf(origin: string, subject: string): Promise<string> {
  const visitor = new Visitor();
  const { location } = await visitor.get(`${origin}/auth/login`);
  const back = new URL(await visitor.signIn(location, subject));
  const { status } = await visitor.get(origin + back.pathname + back.search);
  if (status !== 303) throw new Error(`logging in was answered ${status}`);
  return [...visitor.cookies(origin)].map(([name, value]) => `${name}=${value}`).join('; ');
}

function report(rounds: number, results: Readonly<Record<Scenario, readonly LoadResult[]>>): void {
  const of = (name: Scenario, figure: (result: LoadResult) => number): number =>
    median(results[name].map(figure));
  const row = (name: Scenario): Record<string, string | number> => ({
    'tokens are renewed': name === 'steady' ? 'never' : `of all ${PEOPLE} people`,
    'requests/s': Math.round(of(name, ({ requests, microseconds }) => requests / (microseconds / 1e6))),
    'p50, ms': round(of(name, ({ p50 }) => p50) / 1_000, 1),
    'p99, ms': round(of(name, ({ p99 }) => p99) / 1_000, 1),
  });
  const times = of('renewing', ({ p99 }) => p99) / of('steady', ({ p99 }) => p99);
  print({
    name: 'session',
    machine: machine(),
    rounds,
    rows: [row('steady'), row('renewing')],
    goals: [atMost('p99 while all sessions are renewed, of the steady p99', times, 1.5, 'times')],
  });
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
