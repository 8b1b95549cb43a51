import { createClient } from 'redis';
import { Client } from 'pg';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { readFile, stat } from 'node:fs/promises';
import { pingRedis, startRedis } from '../../../../cli/src/local/servers/redis';
import { pingPostgres, startPostgres } from '../../../../cli/src/local/servers/postgres';
import { requestToken } from '../../../../cli/src/local/servers/oidc';
import { Server } from '../../../../cli/src/local/servers/server';
import type { ManagedProcess } from '../../../../cli/src/engines/process/processes';
import { VaultClient } from '../../../../cli/src/engines/vault-client';
import { useOidc, useOpenBao, usePostgres, useRedis, useRun } from '../../../support/engines';
import { until } from '../../../support/until';

const audience = 'https://api.example.com';
const client = {
  clientId: 'billing-service',
  clientSecret: 'a-secret-of-the-test-that-is-long-enough',
  organisation: 'org-1',
  tier: 'pro',
  scopes: ['read:transactions', 'write:transactions'],
};

describe('Redis', () => {
  const redis = useRedis();

  async function withAdmin<T>(ask: (send: (args: string[]) => Promise<unknown>) => Promise<T>): Promise<T> {
    const admin = createClient({ url: redis().adminUrl, RESP: 2 });
    admin.on('error', () => undefined);
    await admin.connect();
    try {
      return await ask((args) => admin.sendCommand(args));
    } finally {
      admin.destroy();
    }
  }

  it('refuses a client without a user', async () => {
    await expect(pingRedis(`redis://127.0.0.1:${redis().port}`)).rejects.toThrow(/NOAUTH|auth/i);
  });

  it('keeps only hashes of passwords in its ACL file', async () => {
    const users = await withAdmin((send) => send(['ACL', 'LIST']));
    expect(String(users)).toContain('user vault_admin');
    expect(String(users)).not.toContain(redis().bootstrapPassword);
  });

  it('never evicts', async () => {
    await expect(withAdmin((send) => send(['CONFIG', 'GET', 'maxmemory-policy']))).resolves.toEqual([
      'maxmemory-policy',
      'noeviction',
    ]);
  });

  it('lets the admin of Vault manage users but read no key', async () => {
    const url = `redis://vault_admin:${redis().bootstrapPassword}@127.0.0.1:${redis().port}`;
    const vault = createClient({ url });
    vault.on('error', () => undefined);
    await vault.connect();
    try {
      await expect(vault.sendCommand(['ACL', 'SETUSER', 'leased', 'on', '>x', '+ping'])).resolves.toBe('OK');
      await expect(vault.get('any')).rejects.toThrow(/NOPERM/);
    } finally {
      vault.destroy();
    }
  });

  it('answers again after it was killed and restarted', async () => {
    const before = redis().pid;
    await redis().kill('SIGKILL');
    await expect(pingRedis(redis().adminUrl)).rejects.toThrow();
    await redis().restart();
    await pingRedis(redis().adminUrl);
    expect(redis().pid).not.toBe(before);
  });
});

describe('PostgreSQL', () => {
  const postgres = usePostgres();

  it('asks for a SCRAM password', async () => {
    await pingPostgres(postgres().adminUrl);
    const wrong = new URL(postgres().adminUrl);
    wrong.password = 'wrong';
    await expect(pingPostgres(wrong.href)).rejects.toThrow(/password authentication failed/);
    const admin = new Client(postgres().adminUrl);
    await admin.connect();
    try {
      const { rows } = await admin.query<{ rolpassword: string }>(
        "SELECT rolpassword FROM pg_authid WHERE rolname = 'postgres'",
      );
      expect(rows[0]?.rolpassword).toMatch(/^SCRAM-SHA-256\$/);
    } finally {
      await admin.end();
    }
  });

  it('does not run as root', async () => {
    const { uid } = await stat(`/proc/${postgres().pid}`);
    expect(uid).not.toBe(0);
  });

  it('keeps its data over a restart', async () => {
    const query = async (text: string): Promise<unknown[]> => {
      const admin = new Client(postgres().adminUrl);
      await admin.connect();
      try {
        return (await admin.query<Record<string, unknown>>(text)).rows;
      } finally {
        await admin.end();
      }
    };
    await query('CREATE TABLE kept AS SELECT 1 AS one');
    await postgres().restart();
    await expect(query('SELECT one FROM kept')).resolves.toEqual([{ one: 1 }]);
  });
});

describe('OpenBao', () => {
  const openbao = useOpenBao();
  const root = (): VaultClient => new VaultClient(openbao().address, openbao().rootToken);

  it('is unsealed and lets nobody in without a token', async () => {
    await expect(root().health()).resolves.toBe('active');
    await expect(new VaultClient(openbao().address).read('sys/mounts')).rejects.toThrow(/403/);
  });

  it('writes every request to both audit files, its token only as a hash', async () => {
    await root().read('sys/mounts');
    for (const file of openbao().auditFiles) {
      const text = await readFile(file, 'utf8');
      expect(text).toContain('"path":"sys/mounts"');
      expect(text).not.toContain(openbao().rootToken);
    }
  });

  it('answers 503 while it is sealed', async () => {
    await openbao().seal();
    await expect(root().read('sys/mounts')).rejects.toThrow(/503/);
    await openbao().unseal();
    await openbao().restart();
    await expect(root().health()).resolves.toBe('active');
  });

  it('keeps its data over a restart', async () => {
    await root().write('sys/mounts/kept', { type: 'kv' });
    await openbao().kill('SIGKILL');
    await openbao().restart();
    await expect(root().read('sys/mounts/kept')).resolves.toMatchObject({ data: { type: 'kv' } });
  });
});

describe('the OIDC provider', () => {
  const scopeless = { ...client, clientId: 'of-an-api-without-scopes', scopes: [] };
  const clients = [client, scopeless];
  const oidc = useOidc({ audience, scopes: client.scopes, accessTokenSeconds: 900, clients });
  const tokenEndpoint = (): string => `${oidc().issuer}/token`;

  it('issues access tokens as RFC 9068 has them, with organisation and tier', async () => {
    const token = await requestToken(tokenEndpoint(), client, audience, client.scopes);
    expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'RS256', typ: 'at+jwt' });
    const claims = decodeJwt(token);
    expect(claims).toMatchObject({
      iss: oidc().issuer,
      aud: audience,
      client_id: 'billing-service',
      sub: 'billing-service',
      scope: 'read:transactions write:transactions',
      org_id: 'org-1',
      tier: 'pro',
    });
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(900);
  });

  it('grants no scope that was not asked for', async () => {
    const token = await requestToken(tokenEndpoint(), client, audience, ['read:transactions']);
    expect(decodeJwt(token).scope).toBe('read:transactions');
  });

  it('gives a client that can have no scope a token', async () => {
    const token = await requestToken(tokenEndpoint(), scopeless, audience, []);
    expect(decodeJwt(token)).toMatchObject({ client_id: scopeless.clientId, aud: audience });
    expect(decodeJwt(token)).not.toHaveProperty('scope');
  });

  it('refuses a wrong secret and another resource', async () => {
    await expect(
      requestToken(tokenEndpoint(), { ...client, clientSecret: 'wrong' }, audience, []),
    ).rejects.toThrow(/invalid_client/);
    await expect(requestToken(tokenEndpoint(), client, 'https://other.example.com', [])).rejects.toThrow(
      /invalid_target/,
    );
  });

  it('keeps its signing key over a restart', async () => {
    const keys = async (): Promise<unknown> => (await fetch(oidc().jwksUri)).json();
    const before = await keys();
    await oidc().restart();
    await expect(keys()).resolves.toEqual(before);
  });

  it('that ends before it has taken a change says so', async () => {
    await oidc().kill('SIGSTOP');
    const told = oidc().rotateKey();
    // Its key is made, and it is being told.
    await until(() => oidc().process.child.listenerCount('message') > 0);
    await oidc().kill('SIGKILL');
    await expect(told).rejects.toThrow('oidc ended');
    await oidc().restart();
  });
});

describe('a server that never answers', () => {
  const run = useRun();
  const sleep = { name: 'sleep', command: 'sleep', args: ['600'], env: process.env };
  const never = (): Promise<never> => new Promise(() => undefined);

  it('is given up when its time is over, and ended', async () => {
    let pid = 0;
    const answers = ({ pid: its }: { pid: number }): Promise<never> => ((pid = its), never());
    await expect(Server.start(run(), { process: sleep, answers, startWithinMs: 1 })).rejects.toMatchObject({
      code: 'ERR_SERVER_FAILED',
      problem: expect.stringContaining('did not answer') as string,
    });
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  it('is given up at once when it ends', async () => {
    const answers = (child: ManagedProcess): Promise<never> => (child.signal('SIGKILL'), never());
    await expect(Server.start(run(), { process: sleep, answers })).rejects.toMatchObject({
      code: 'ERR_SERVER_FAILED',
      problem: 'sleep ended with SIGKILL',
    });
  });
});

describe('a port that the user names', () => {
  const run = useRun();
  const redis = useRedis();

  it('is refused with a remedy when something listens there', async () => {
    const { port } = redis();
    await expect(startPostgres(run(), { port })).rejects.toMatchObject({
      code: 'ERR_PORT_IN_USE',
      message: expect.stringContaining(`port ${port}`) as string,
      remedy: expect.stringContaining('stop what listens there') as string,
    });
    await expect(startRedis(run(), { binary: 'redis-server', port })).rejects.toMatchObject({
      code: 'ERR_PORT_IN_USE',
    });
  });
});
