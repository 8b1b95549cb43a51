import { SecretsError, type SecretsEvent } from '@portcullis/runtime';
import type { Consumer } from '../../../../runtime/src/secrets/lease/consumer';
import type { Credential } from '../../../../runtime/src/secrets/lease/credential';
import { LeaseRegistry } from '../../../../runtime/src/secrets/lease/lease-registry';
import { Revocations } from '../../../../runtime/src/secrets/lease/revocations';
import { Scheduler } from '../../../../runtime/src/secrets/scheduler';
import { Secret } from '../../../../runtime/src/secrets/secret';
import { Session } from '../../../../runtime/src/secrets/vault/session';
import { manualClock } from '../../../support/clock';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const unreachable = new SecretsError('ERR_VAULT_UNREACHABLE', 'Vault is down');
const noRole = new SecretsError('ERR_ROLE_NOT_FOUND', 'there is no such role');

interface Script {
  /** Rejects instead of leasing. */
  obtain?: () => Promise<void>;
  /** What connecting and probing does. */
  prepare?: (user: string) => Promise<void>;
  drain?: (boundMs: number) => Promise<void>;
  giveBack?: () => Promise<void>;
}

/** A lease on a fake clock, its lender and its consumer scripted by the test; the real ones are in test/integration. */
function leaseOf(script: Script = {}, tokenTtlMs = Infinity) {
  const clock = manualClock();
  const scheduler = new Scheduler(clock);
  const events: SecretsEvent[] = [];
  /** What happened, in order, as in `probe u1`. */
  const steps: string[] = [];
  const world = {
    session: new Session(new Secret('token'), { from: 0, ttlMs: tokenTtlMs }),
    leased: 0,
    outdated: (): void => undefined,
  };
  const source = {
    kind: 'vault-database' as const,
    role: 'app',
    onOutdated: (replace: () => void) => (world.outdated = replace),
    obtain: async (): Promise<Credential> => {
      await script.obtain?.();
      const user = `u${(world.leased += 1)}`;
      steps.push(`lease ${user}`);
      return {
        user,
        password: new Secret('password'),
        obtainedAt: clock.monotonic(),
        ttlMs: HOUR,
        session: world.session,
        giveBack: async () => {
          await script.giveBack?.();
          steps.push(`revoke ${user}`);
        },
      };
    },
  };
  const consumer: Consumer = {
    prepare: async ({ user }) => {
      await script.prepare?.(user);
      steps.push(`probe ${user}`);
      return {
        activate: () => steps.push(`swap ${user}`),
        drain: async (boundMs) => {
          await script.drain?.(boundMs);
          steps.push(`drain ${user}`);
        },
        close: () => {
          steps.push(`close ${user}`);
          return Promise.resolve();
        },
      };
    },
    expire: () => steps.push('expire'),
  };
  const leases = new LeaseRegistry({
    clock,
    scheduler,
    revocations: new Revocations(clock, scheduler),
    emit: (event) => events.push(event),
    rotateShare: 50 / 60,
    drainMs: 30_000,
    startupMs: 30_000,
  });
  leases.open(source, () => consumer);
  return { clock, leases, lease: leases.all[0]!, events, steps, world, script };
}

test('a rotation goes: lease, probe, swap, drain, close, revoke', async () => {
  const { clock, steps } = leaseOf();
  await clock.advance(49 * MINUTE);
  expect(steps).toEqual([
    'lease u1',
    'probe u1',
    'swap u1',
    'lease u2',
    'probe u2',
    'swap u2',
    'drain u1',
    'close u1',
    'revoke u1',
  ]);
});

test('a first probe that fails is tried again: the database may be starting', async () => {
  let probes = 0;
  const { clock, lease, steps } = leaseOf({
    prepare: () => ((probes += 1) < 3 ? Promise.reject(new Error('ECONNREFUSED')) : Promise.resolve()),
  });
  const ready = lease.ready();
  await clock.advance(10_000);
  await expect(ready).resolves.toBeUndefined();
  await expect(lease.ready()).resolves.toBeUndefined();
  // What was leased for the failed probes is given back.
  expect(steps.filter((step) => step.startsWith('revoke'))).toEqual(['revoke u1', 'revoke u2']);
});

test('a start waits no longer than its bound, and says why it waited', async () => {
  const { clock, lease } = leaseOf({ prepare: () => Promise.reject(new Error('ECONNREFUSED')) });
  const ready = lease.ready().catch((error: unknown) => error);
  await clock.advance(30_000);
  expect(await ready).toMatchObject({
    code: 'ERR_CREDENTIAL_UNAVAILABLE',
    cause: { message: 'app: ECONNREFUSED (ERR_CREDENTIAL_UNAVAILABLE)' },
  });
});

test('what waiting does not mend fails a start at once, and is tried on in the background', async () => {
  const { clock, lease, script } = leaseOf({ obtain: () => Promise.reject(noRole) });
  const first = expect(lease.ready()).rejects.toBe(noRole);
  await clock.advance(0);
  await first;
  await expect(lease.ready()).rejects.toBe(noRole);

  delete script.obtain;
  await clock.advance(MINUTE);
  await expect(lease.ready()).resolves.toBeUndefined();
});

test('the old credential serves to its deadline, then a typed error; and the next lease serves at once', async () => {
  const { clock, lease, steps, events, script } = leaseOf();
  await clock.advance(0);
  script.obtain = () => Promise.reject(unreachable);
  await clock.advance(HOUR - 1);
  expect(lease).toMatchObject({ state: 'serving', credential: { user: 'u1' } });
  expect(steps).not.toContain('expire');
  const failures = events.filter(({ type }) => type === 'credential_failed');
  expect(failures.length).toBeGreaterThan(10);
  expect(failures.at(-1)).toMatchObject({ servesForSeconds: expect.closeTo(1, 0) as number });

  await clock.advance(1);
  expect(lease.state).toBe('expired');
  await expect(lease.ready()).rejects.toMatchObject({ code: 'ERR_CREDENTIAL_EXPIRED', cause: unreachable });

  delete script.obtain;
  await clock.advance(31_000);
  expect(lease).toMatchObject({ state: 'serving', credential: { user: 'u2' } });
  await expect(lease.ready()).resolves.toBeUndefined();
});

test('a lease that was closed is rotated no more, and keeps no other from its rotation', async () => {
  const { clock, leases, lease, world } = leaseOf();
  await clock.advance(0);
  await lease.close(1_000);
  await expect(leases.rotate()).resolves.toBeUndefined();
  await expect(lease.rotate()).rejects.toMatchObject({ code: 'ERR_SECRETS_CLOSED' });
  expect(world.leased).toBe(1);
});

test('a source that says that its credential is out of date is asked for another one', async () => {
  const { clock, lease, world } = leaseOf();
  await clock.advance(0);
  world.outdated();
  await clock.advance(0);
  expect(lease.credential).toMatchObject({ user: 'u2' });
});

test('a process that was stopped for hours drops what is past, and leases anew', async () => {
  const { clock, lease, steps } = leaseOf();
  await clock.advance(0);
  steps.length = 0;
  clock.freeze(5 * HOUR);
  await clock.advance(0);
  expect(steps[0]).toBe('expire');
  expect(lease).toMatchObject({ state: 'serving', credential: { user: 'u2' } });
});

test('a lease under a short token plans its rotation, not its end, as long as the token is kept', async () => {
  const { clock, lease } = leaseOf({}, 10_000);
  await clock.advance(0);
  expect(lease.next(true)).toEqual({ do: 'rotate', at: expect.closeTo(HOUR * (50 / 60 - 0.025)) as number });
  expect(lease.next(false)).toEqual({ do: 'expire', at: 10_000 });
});

test('what was leased under a token that goes is leased anew at once; what cannot be, keeps the token', async () => {
  const { clock, lease, world, script } = leaseOf();
  await clock.advance(0);
  const old = world.session;
  world.session = new Session(new Secret('new'), { from: 0, ttlMs: Infinity });
  script.obtain = () => Promise.reject(unreachable);
  let left = false;
  void lease.leave(old).then(() => (left = true));
  await clock.advance(20_000);
  expect(left).toBe(false);
  expect(lease.credential?.session).toBe(old);

  delete script.obtain;
  await clock.advance(31_000);
  expect(left).toBe(true);
  expect(lease.credential?.session).toBe(world.session);
  await expect(lease.leave(old)).resolves.toBeUndefined();
  expect(world.leased).toBe(2);
});

test('with 8 s of a token left, a drain that is still going on is cut short for the next rotation', async () => {
  const { clock, lease, world, script, steps } = leaseOf();
  await clock.advance(0);
  script.drain = () => new Promise(() => undefined);
  void lease.rotate();
  await clock.advance(0);
  world.session.extend({ from: clock.monotonic(), ttlMs: 8_000 });
  const old = world.session;
  world.session = new Session(new Secret('new'), { from: clock.monotonic(), ttlMs: HOUR });
  void lease.leave(old);
  await clock.advance(4_001);
  expect(lease.credential).toMatchObject({ user: 'u3', session: world.session });
  expect(steps).toContain('close u1');
});

test('a revocation that Vault did not take is repeated until it does', async () => {
  let refusals = 3;
  const { clock, lease, steps, events } = leaseOf({
    giveBack: () => ((refusals -= 1) >= 0 ? Promise.reject(unreachable) : Promise.resolve()),
  });
  await clock.advance(0);
  await lease.rotate();
  expect(steps).not.toContain('revoke u1');
  await clock.advance(10_000);
  expect(steps).toContain('revoke u1');
  expect(events.filter(({ type }) => type === 'revocation_failed')).toHaveLength(3);
  expect(events.filter(({ type }) => type === 'credential_revoked')).toHaveLength(1);
});

test('a revocation is not repeated beyond the end of the lease', async () => {
  const { clock, lease, events } = leaseOf({ giveBack: () => Promise.reject(unreachable) });
  await clock.advance(0);
  await lease.rotate();
  await clock.advance(HOUR);
  const ofFirst = (): number =>
    events.filter((event) => event.type === 'revocation_failed' && event.user === 'u1').length;
  const attempts = ofFirst();
  await clock.advance(HOUR);
  expect(attempts).toBeGreaterThan(10);
  expect(ofFirst()).toBe(attempts);
});

test('a server that refuses every credential costs a few leases, not one for each query', async () => {
  const { clock, lease, world } = leaseOf();
  await clock.advance(0);
  for (let query = 0; query < 1_000; query += 1) {
    await lease.refused(lease.credential!.user).catch(() => undefined);
    await clock.advance(10);
  }
  expect(world.leased).toBeGreaterThan(2);
  expect(world.leased).toBeLessThan(15);
});

test('while Vault does not lease, a refused query fails with its reason and asks no more than the backoff', async () => {
  let asked = 0;
  const { clock, lease, script } = leaseOf();
  await clock.advance(0);
  script.obtain = () => {
    asked += 1;
    return Promise.reject(unreachable);
  };
  for (let query = 0; query < 500; query += 1) {
    await expect(lease.refused('u1')).rejects.toBe(unreachable);
    await clock.advance(10);
  }
  expect(asked).toBeLessThan(10);
});
