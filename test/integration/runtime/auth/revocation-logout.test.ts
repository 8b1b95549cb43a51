/** The whole way of a logout: a real provider, Redis as Vault leases it, and two instances of the API. */
import {
  appRole,
  backChannelLogout,
  definePolicy,
  followRevocations,
  requireAuth,
  SecretsManager,
  type AuthEvent,
} from '@portcullis/runtime';
import express from 'express';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { policy as deployedPolicy } from '../../../../policy';
import { poll } from '../../../../cli/src/engines/process/poll';
import { until } from '../../../support/until';
import type { OidcWebClient } from '../../../../cli/src/local/servers/oidc';
import { VaultClient } from '../../../../cli/src/engines/vault-client';
import { mintWrappedLogin } from '../../../../cli/src/local/service';
import { deployed } from '../../../support/deployed';
import { useOidc } from '../../../support/engines';
import { Browser, type Session } from './revocation-browser';

// Bounds of real time on a machine that others use too: what is tried again says why it failed.
jest.retryTimes(2, { logErrorsBeforeRetry: true });

const audience = 'https://api.example.com';
const person = { subject: 'alice', name: 'Alice', organisation: 'org-1', tier: 'free' };
const oidc = useOidc({ audience, scopes: ['read'], accessTokenSeconds: 900, clients: [], people: [person] });

interface Instance {
  readonly url: string;
  readonly events: AuthEvent[];
  readonly secrets: SecretsManager;
  stop(): Promise<void>;
}

/** An instance with Redis credentials of its own. */
async function startInstance(clientId: string): Promise<Instance> {
  const { vault, redis: endpoint } = deployed();
  const { issuer } = oidc();
  const admin = new VaultClient(vault.address, vault.rootToken);
  const secrets = await SecretsManager.connect({
    address: vault.address,
    policy: deployedPolicy,
    login: appRole(await mintWrappedLogin(admin, deployedPolicy.name)),
  });
  const policy = definePolicy({
    ...{ name: 'logout', issuer, audience, defaultTier: 'free' },
    tiers: { free: [{ limit: 1, window: '1m' }] },
    routes: [{ method: 'GET', path: '/sensitive', sensitive: true }],
    lifetimes: { accessToken: '15m', credential: '60m', rotateAt: '50m' },
  });
  const events: AuthEvent[] = [];
  const onEvent = (event: AuthEvent) => void events.push(event);
  const redis = secrets.redisClient('redis-role', endpoint);
  const revocations = followRevocations({ policy, redis, onEvent });
  const logout = backChannelLogout({ revocations, issuer, clientId, onEvent });
  const auth = requireAuth({ policy, revocations });
  const server = express()
    .post('/auth/backchannel-logout', logout)
    .use(auth)
    .use((_req, res) => void res.send())
    .listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    events,
    secrets,
    stop: async () => {
      for (const part of [revocations, logout, auth]) part.close();
      server.closeAllConnections();
      server.close();
      await secrets.close();
    },
  };
}

const client = {
  clientId: 'web',
  clientSecret: 'a secret of this test alone',
  authentication: 'client_secret_basic',
  redirectUri: 'http://127.0.0.1/callback',
  afterLogoutUri: 'http://127.0.0.1/',
} satisfies OidcWebClient;

async function status(instance: Instance, { accessToken }: Session): Promise<number> {
  const headers = { Authorization: `Bearer ${accessToken}` };
  return (await fetch(`${instance.url}/sensitive`, { headers })).status;
}

/** What is promised. */
const becomesWithinASecond = (instance: Instance, session: Session, expected: number): Promise<void> =>
  poll(async () => expect(await status(instance, session)).toBe(expected), { timeoutMs: 1_000, everyMs: 5 });

test('who signs out at the provider is signed out everywhere within a second, through a rotation, until the next login', async () => {
  const instances = await Promise.all([startInstance(client.clientId), startInstance(client.clientId)]);
  const [one, other] = instances;
  try {
    await oidc().register({ ...client, backChannelLogoutUri: `${one.url}/auth/backchannel-logout` });
    const settings = {
      issuer: oidc().issuer,
      audience,
      scope: 'openid read',
      person: person.subject,
      client,
    };
    const laptop = new Browser(settings);
    const phone = new Browser(settings);
    const [onLaptop, onPhone] = [await laptop.signIn(), await phone.signIn()];
    for (const instance of instances) {
      await until(async () => (await status(instance, onLaptop)) === 200);
      await until(async () => (await status(instance, onPhone)) === 200);
    }

    // A start may take its time; from here on nothing is to cut them off.
    for (const { events } of instances) events.length = 0;
    const rotation = other.secrets.rotate();
    await laptop.signOut(onLaptop);
    for (const instance of instances) await becomesWithinASecond(instance, onLaptop, 401);
    await rotation;
    expect(one.events).toContainEqual({ type: 'logout_received', issuer: oidc().issuer, of: 'session' });
    for (const instance of instances) expect(await status(instance, onPhone)).toBe(200);

    const again = await laptop.signIn();
    for (const instance of instances) {
      expect(await status(instance, again)).toBe(200);
      expect(await status(instance, onLaptop)).toBe(401);
      expect(instance.events.filter(({ type }) => type === 'revocations_cut_off')).toEqual([]);
    }
  } finally {
    await Promise.all(instances.map((instance) => instance.stop()));
  }
});
