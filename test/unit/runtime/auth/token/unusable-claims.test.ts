/** A claim whose name is mistyped in the options downgrades every payer: somebody has to be told. */
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import type { JWK } from 'jose';
import { policy } from '../../../../../policy';
import type { AuthContext, AuthEvent, AuthOptions } from '../../../../../runtime/src/auth';
import { authMetrics } from '../../../../../runtime/src/auth/metrics';
import { resolveAuth } from '../../../../../runtime/src/auth/options';
import { makeVerifier, type TokenVerifier } from '../../../../../runtime/src/auth/token/token-verifier';
import { Forge } from '../../../../support/attack/forge';
import { manualClock, settled, type ManualClock } from '../../../../support/clock';
import { published } from '../../../../support/auth/published';

const NOW = Date.UTC(2026, 5, 1) / 1_000;
const forge = new Forge(policy.issuer, policy.audience, NOW);

let exporter: InMemoryMetricExporter;
let meterProvider: MeterProvider;
let clock: ManualClock;
let verifier: TokenVerifier;
let events: AuthEvent[];

async function start(options: Partial<AuthOptions> = {}): Promise<void> {
  exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  meterProvider = new MeterProvider({ readers: [reader] });
  clock = manualClock(NOW * 1_000);
  events = [];
  const issuer = published(policy.issuer);
  issuer.publish(...(forge.published as JWK[]));
  const resolved = resolveAuth({ policy, onEvent: (event) => events.push(event), ...options });
  verifier = makeVerifier(resolved, {
    clock,
    fetchJson: issuer.fetchJson,
    onUnusableClaim: authMetrics(meterProvider).claimUnusable,
  });
  await settled();
}

beforeEach(() => start());
afterEach(async () => {
  verifier.close();
  await meterProvider.shutdown();
});

const verify = async (claims: Record<string, unknown>): Promise<AuthContext> =>
  verifier.verify(forge.claims(claims));
const told = (): AuthEvent[] => events.filter(({ type }) => type === 'claim_unusable');

/** What was counted: attributes and value. */
async function counted(): Promise<[unknown, unknown][]> {
  exporter.reset();
  await meterProvider.forceFlush();
  return exporter
    .getMetrics()
    .flatMap(({ scopeMetrics }) => scopeMetrics)
    .flatMap(({ metrics }) => metrics)
    .filter(({ descriptor }) => descriptor.name === 'portcullis.auth.claims.unusable')
    .flatMap(({ dataPoints }) =>
      dataPoints.map(({ attributes, value }): [unknown, unknown] => [attributes, value]),
    );
}

describe('a tier', () => {
  it('that is one of the policy’s is nobody’s concern', async () => {
    await expect(verify({ tier: 'enterprise' })).resolves.toMatchObject({ tier: 'enterprise' });
    expect(told()).toEqual([]);
    expect(await counted()).toEqual([]);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['is missing', { tier: undefined }, 'missing'],
    ['is null', { tier: null }, 'missing'],
    ['is empty', { tier: '' }, 'missing'],
    ['is an object', { tier: { name: 'pro' } }, 'nested'],
    ['is in another claim', { tier: undefined, app_metadata: { tier: 'pro' } }, 'nested'],
    ['is deep in another claim', { tier: undefined, a: { b: [{ tier: 'pro' }] } }, 'nested'],
    ['is a list', { tier: ['pro'] }, 'wrong_type'],
    ['is a number', { tier: 1 }, 'wrong_type'],
    ['is none of the policy’s', { tier: 'platinum' }, 'unknown_value'],
    ['is a name of JavaScript’s', { tier: 'constructor' }, 'unknown_value'],
  ])('that %s is the default one; an event and a counter tell', async (_name, claims, problem) => {
    await expect(verify(claims)).resolves.toMatchObject({ tier: 'free' });
    const { issuer } = policy;
    expect(told()).toEqual([
      { type: 'claim_unusable', issuer, claim: 'tier', name: 'tier', problem, tokens: 1 },
    ]);
    expect(await counted()).toEqual([[{ issuer, claim: 'tier', problem }, 1]]);
  });

  it('that is looked for under a path is not found: claims have names', async () => {
    await start({ claims: { tier: 'app_metadata.tier' } });
    await expect(verify({ app_metadata: { tier: 'pro' } })).resolves.toMatchObject({ tier: 'free' });
    expect(told()).toMatchObject([{ name: 'app_metadata.tier', problem: 'nested' }]);
  });

  it('that is looked for under a name of JavaScript’s is missing', async () => {
    await start({ claims: { tier: 'constructor', organisation: '__proto__' } });
    await expect(verify({})).resolves.toMatchObject({ tier: 'free' });
    expect(told()).toMatchObject([
      { claim: 'organisation', problem: 'missing' },
      { claim: 'tier', problem: 'missing' },
    ]);
  });
});

describe('an organisation', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['is missing', { org_id: undefined }, 'missing'],
    ['is null', { org_id: null }, 'missing'],
    ['is empty', { org_id: '' }, 'missing'],
    ['is in another claim', { org_id: undefined, org: { org_id: 'org-1' } }, 'nested'],
  ])('that %s is none; an event and a counter tell', async (_name, claims, problem) => {
    const caller = await verify(claims);
    expect(caller).toMatchObject({ subject: 'user-1', tier: 'pro' });
    expect(caller).not.toHaveProperty('organisation');
    const { issuer } = policy;
    expect(told()).toMatchObject([{ claim: 'organisation', name: 'org_id', problem, tokens: 1 }]);
    expect(await counted()).toEqual([[{ issuer, claim: 'organisation', problem }, 1]]);
  });

  it.each<[string, unknown, string]>([
    ['a number', 7, 'wrong_type'],
    ['a list', ['org-1'], 'wrong_type'],
    ['a truth', true, 'wrong_type'],
    ['an object', { id: 'org-1' }, 'nested'],
  ])('that is %s is refused; an event and a counter tell', async (_name, organisation, problem) => {
    await expect(verify({ org_id: organisation })).rejects.toMatchObject({ reason: 'bad_claim' });
    expect(told()).toMatchObject([{ claim: 'organisation', name: 'org_id', problem }]);
    expect(await counted()).toHaveLength(1);
  });
});

it('each kind of problem is told once an hour with the number of its tokens; the counter has them all', async () => {
  for (let at = 0; at < 5; at += 1) await verify({ tier: undefined, jti: `first-${at}` });
  await verify({ tier: 'platinum' });
  expect(told()).toMatchObject([
    { problem: 'missing', tokens: 1 },
    { problem: 'unknown_value', tokens: 1 },
  ]);
  clock.freeze(3_600_000);
  await expect(verify({ tier: undefined, iat: NOW + 3_600, exp: NOW + 3_700 })).resolves.toBeDefined();
  expect(told().at(-1)).toMatchObject({ problem: 'missing', tokens: 5 });
  const values = (await counted()).map(([, value]) => value);
  expect(values.sort()).toEqual([1, 6]);
});

it('a token that is not the issuer’s tells nothing', async () => {
  const forged = new Forge(policy.issuer, policy.audience, NOW);
  await expect((async () => verifier.verify(forged.claims({ tier: undefined })))()).rejects.toMatchObject({
    reason: 'bad_signature',
  });
  expect(told()).toEqual([]);
});
