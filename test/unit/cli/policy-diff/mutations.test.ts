/** Mutated policies: no widening is left unsaid, and each witness is answered otherwise by the two versions of an application. */
import type { Policy, Route } from '@portcullis/runtime/policy';
import { Agent } from 'node:http';
import type { Answer, Caller, PolicyChange, Witness } from '../../../../cli/src/policy-diff/change';
import { comparePolicies } from '../../../../cli/src/policy-diff/compare/compare';
import { routeFor } from '../../../../cli/src/verify/policy/decision';
import { makeKey, startIssuer, type TestIssuer } from '../../../support/auth/issuer';
import { runs } from '../../../support/fuzzing';
import { mutatedPair, SCOPES, seeded, type Random } from '../../../support/policy-diff/mutations';
import {
  startVersion,
  type Asked,
  type Identity,
  type Version,
  type World,
} from '../../../support/policy-diff/version';

const PAIRS = 1_000;
const RUN = runs(PAIRS);
const WALKED = runs(PAIRS / 2);

let issuer: TestIssuer;
let world: World;

beforeAll(async () => {
  issuer = await startIssuer();
  const key = await makeKey('key-1', 'ES256');
  issuer.publish(key);
  world = {
    key,
    jwksUri: `${issuer.url}/jwks`,
    agent: new Agent({ keepAlive: true }),
    tokens: new Map(),
    nowMs: Date.now(),
  };
});

afterAll(async () => {
  world.agent.destroy();
  await issuer.stop();
});

const subsets = SCOPES.reduce<string[][]>(
  (sets, scope) => [...sets, ...sets.map((set) => [...set, scope])],
  [[]],
);
const CALLERS: readonly Caller[] = [
  { kind: 'nobody' },
  ...subsets.map((scopes): Caller => ({ kind: 'token', scopes })),
];

const PIECES = ['a', 'A', 'new', 'b', 'x', 'files', 'notes', 'healthz', 'v1', 'p-q', 'p-q-r', 'x%2Fy'];
const SOME_PATHS = PIECES.flatMap((one) => [
  `/${one}`,
  `/${one}/`,
  ...PIECES.flatMap((two) => [`/${one}/${two}`, `/${one}/${two}/b`, `/${one}/${two}/x%2Fy`]),
]);

/** By the interpreter that `portcullis verify` has, and as an encoded slash in a wildcard is refused: 400. */
function routeOf(policy: Policy, method: string, path: string): Route | undefined {
  const route = routeFor(policy, method, path);
  return route !== undefined && route.path.includes('*') && /%2f/i.test(path) ? undefined : route;
}

function isLetIn(route: Route | undefined, caller: Caller): boolean {
  if (route === undefined || route.public) return route !== undefined;
  return caller.kind === 'token' && route.scopes.every((scope) => caller.scopes.includes(scope));
}

function isSaid(changes: readonly PolicyChange[], direction: string, aspect: string, route: string): boolean {
  return changes.some(
    (change) =>
      change.direction === direction &&
      change.aspect === aspect &&
      (change.routes.length === 0 || change.routes.includes(route)),
  );
}

it(`${RUN} mutated policies: whoever is let in by one of them alone is in its table`, () => {
  const random = seeded(28);
  let found = 0;
  for (let index = 0; index < RUN; index += 1) {
    const { was, will } = mutatedPair(random);
    const changes = comparePolicies(was, will);
    const methods = new Set([...was.routes, ...will.routes].map(({ method }) => method));
    for (const method of methods) {
      for (const path of SOME_PATHS) {
        if (was.match(method, path) === undefined && will.match(method, path) === undefined) continue;
        const [before, after] = [routeOf(was, method, path), routeOf(will, method, path)];
        for (const caller of CALLERS) {
          const [wasIn, willBeIn] = [isLetIn(before, caller), isLetIn(after, caller)];
          if (wasIn === willBeIn) continue;
          found += 1;
          const direction = willBeIn ? 'widening' : 'narrowing';
          const known = `${method} ${(after ?? before)?.path ?? ''}`;
          if (!isSaid(changes, direction, 'access', known))
            throw new Error(
              `unsaid ${direction}: ${method} ${path} of ${JSON.stringify(caller)}\n${shown(was, will, changes)}`,
            );
        }
      }
    }
  }
  expect(found).toBeGreaterThan(RUN);
});

const shown = (was: Policy, will: Policy, changes: readonly PolicyChange[]): string =>
  [was, will, changes].map((one) => JSON.stringify(one)).join('\n');

it(`${RUN} mutated policies: each witness is answered otherwise by the versions of an application, as it says`, async () => {
  const random = seeded(1_028);
  let tried = 0;
  for (let index = 0; index < RUN; index += 1) {
    const pair = mutatedPair(random);
    const changes = comparePolicies(pair.was, pair.will);
    await withVersions(pair, async (was, will) => {
      for (const { witness, direction, sentence } of changes) {
        if (witness === undefined) {
          expect([direction, sentence]).toEqual([
            expect.stringMatching(/other|ing/),
            expect.stringMatching(UNWITNESSED),
          ]);
          continue;
        }
        tried += 1;
        const answers = { was: await answersTo(was, witness), will: await answersTo(will, witness) };
        if (answers.was !== witness.was || answers.will !== witness.will)
          throw new Error(
            `${JSON.stringify(answers)} to ${JSON.stringify(witness)}\n${shown(pair.was, pair.will, changes)}`,
          );
        expect(answers.was).not.toBe(answers.will);
      }
    });
  }
  expect(tried).toBeGreaterThan(RUN);
});

/** What no request to an API shows. */
const UNWITNESSED = /^(longest life of sessions|remember|tier |not counted|costs|limits of its own)/;

it(`${WALKED} mutated policies: random calls that one version alone refuses are in its table`, async () => {
  const random = seeded(2_028);
  let found = 0;
  for (let index = 0; index < WALKED; index += 1) {
    const pair = mutatedPair(random);
    const changes = comparePolicies(pair.was, pair.will);
    await withVersions(pair, async (was, will) => {
      for (let walk = 0; walk < 3; walk += 1) {
        const difference = await randomWalk(was, will, pair, random);
        if (difference === undefined) continue;
        found += 1;
        const { direction, routes, aspects } = difference;
        if (!aspects.some((aspect) => routes.some((route) => isSaid(changes, direction, aspect, route))))
          throw new Error(
            `unsaid ${direction}: ${JSON.stringify(difference)}\n${shown(pair.was, pair.will, changes)}`,
          );
      }
    });
  }
  expect(found).toBeGreaterThan(WALKED / 5);
});

async function withVersions(
  pair: { readonly was: Policy; readonly will: Policy },
  work: (was: Version, will: Version) => Promise<void>,
): Promise<void> {
  const [was, will] = await Promise.all([startVersion(pair.was, world), startVersion(pair.will, world)]);
  try {
    await work(was, will);
  } finally {
    world.circumstance = undefined;
    await Promise.all([was.stop(), will.stop()]);
  }
}

let identities = 0;

/** Somebody new; what is shared has the values of the others who share it. */
function somebody(shared: Identity = {}): Identity {
  identities += 1;
  const id = identities;
  const address = [10, (id >> 16) & 255, (id >> 8) & 255, id & 255].join('.');
  const own = Object.fromEntries(
    ['organisation', 'user', 'client', 'claim:team', 'function:device'].map((key) => [key, `${key}-${id}`]),
  );
  return { ...own, address, ...shared };
}

/** Makes the calls that come before, and tells what the witness itself is answered. */
async function answersTo(
  version: Version,
  { method, path, caller, browser, circumstance, after }: Witness,
): Promise<Answer> {
  world.circumstance = circumstance;
  const ask = (identity: Identity): Promise<Answer> =>
    version.ask({ method, path, caller, identity, ...(browser && { browser }) });
  const everybody = somebody();
  const shared = Object.fromEntries((after?.sharing ?? []).map((key) => [key, everybody[key] ?? '']));
  const startedMs = world.nowMs;
  let last = somebody(shared);
  for (const { atSeconds, callers, times } of after?.bursts ?? []) {
    world.nowMs = startedMs + atSeconds * 1_000;
    for (let one = 0; one < callers; one += 1) {
      last = somebody(shared);
      for (let time = 0; time < times; time += 1) {
        const answer = await ask(last);
        if (circumstance === undefined && answer !== 'let in')
          throw new Error(
            `${answer} came before the witness ${JSON.stringify({ method, path, caller, after })}`,
          );
      }
    }
  }
  world.nowMs = startedMs + (after?.atSeconds ?? 0) * 1_000;
  return ask(after?.from === 'another caller' ? somebody(shared) : last);
}

interface Difference {
  readonly direction: 'widening' | 'narrowing';
  /** Every route that was called: what one takes of a limit is missing to the others. */
  readonly routes: readonly string[];
  readonly aspects: readonly string[];
  readonly asked: Asked;
  readonly answers: readonly Answer[];
}

/** Calls of few callers, who share something or other, until the versions answer one otherwise. */
async function randomWalk(
  was: Version,
  will: Version,
  pair: { readonly was: Policy; readonly will: Policy },
  random: Random,
): Promise<Difference | undefined> {
  world.nowMs += 10 * 3_600_000;
  const first = somebody();
  const others = [
    first,
    ...[0, 1].map(() => somebody(Object.fromEntries(Object.entries(first).filter(() => random(2) === 0)))),
  ];
  const routes = [...pair.was.routes, ...pair.will.routes];
  const tier = ['free', 'pro', 'gold', undefined][random(4)];
  const scopes = random(3) === 0 ? (subsets[random(subsets.length)] ?? []) : SCOPES;
  const kind = random(4) === 0 ? 'nobody' : 'token';
  const caller: Caller = kind === 'nobody' ? { kind } : { kind, scopes, ...(tier !== undefined && { tier }) };
  const chosen = [0, 1].map(() => routes[random(routes.length)]);
  const circumstance = [
    undefined,
    undefined,
    'the rate-limit store does not answer',
    'revocations cannot be read',
  ] as const;
  world.circumstance = circumstance[random(circumstance.length)];
  const called = new Set<string>();
  for (let call = 0; call < 30; call += 1) {
    const route = chosen[random(chosen.length)];
    if (route === undefined) continue;
    if (random(8) === 0) world.nowMs += [1_000, 11_000, 62_000][random(3)] ?? 0;
    const path = route.path.replace(/\{1\}/, '1').replace(/[:*]\w+/g, '7');
    const asked: Asked = {
      method: route.method,
      path,
      caller,
      identity: others[random(others.length)] ?? first,
    };
    const known = routeFor(pair.will, route.method, path) ?? routeFor(pair.was, route.method, path);
    called.add(`${route.method} ${known?.path ?? ''}`);
    const answers = await Promise.all([was.ask(asked), will.ask(asked)]);
    const [wasIn, willBeIn] = answers.map((answer) => answer === 'let in');
    if (wasIn === willBeIn) {
      // Two refusals for two reasons: from here on the counters differ.
      if (answers[0] !== answers[1]) return undefined;
      continue;
    }
    return {
      direction: willBeIn === true ? 'widening' : 'narrowing',
      routes: [...called],
      aspects: ['access', 'limits', ...(world.circumstance === undefined ? [] : ['outage', 'revocation'])],
      asked,
      answers,
    };
  }
  return undefined;
}
