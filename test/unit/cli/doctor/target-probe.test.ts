import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { defineConfig } from '@portcullis/cli';
import { judgeTarget } from '../../../../cli/src/doctor/judge/target';
import { lookAtTarget } from '../../../../cli/src/doctor/probe/target';
import { policy } from '../../../../policy';

/** Answers every path as a web server with one page does, which is no Vault. */
let server: Server;
let host: string;
beforeAll(async () => {
  server = createServer((_req, res) => res.end('<html>')).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

const told = async (environment: object, env: NodeJS.ProcessEnv = {}): Promise<string> => {
  const config = defineConfig({
    policy,
    environments: { live: { issuer: `http://${host}`, ...environment } },
  });
  const target = await lookAtTarget(config, 'live', env);
  return JSON.stringify(judgeTarget(target));
};

it('shows no password that an address holds', async () => {
  const address = `http://ops:hunter2@${host}`;
  const findings = await told({ issuer: address }, { VAULT_ADDR: address });
  expect(findings).not.toContain('hunter2');
  expect(findings).toContain('holds a user or a password');
});

it('takes not whatever answers 200 for a Vault that is unsealed', async () => {
  const findings = await told({ vaultAddress: `http://${host}` });
  expect(findings).toContain('is no Vault');
  expect(findings).not.toContain('is unsealed');
});

it('follows no redirect of an identity provider, as the runtime follows none', async () => {
  const asked: unknown[] = [];
  const moved = createServer((req, res) => {
    asked.push(req.url);
    res.writeHead(301, { location: '/elsewhere' }).end();
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => moved.once('listening', resolve));
  const issuer = `http://127.0.0.1:${(moved.address() as AddressInfo).port}`;
  try {
    expect(await told({ issuer })).toContain('/.well-known/openid-configuration answered 301');
    expect(asked).toEqual(['/.well-known/openid-configuration']);
  } finally {
    moved.close();
  }
});

it('sends the token of one Vault to no other', async () => {
  const seen: unknown[] = [];
  const vault = createServer((req, res) => {
    seen.push(req.headers['x-vault-token']);
    res.end(JSON.stringify({ initialized: true, sealed: false, data: { ttl: 0 } }));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => vault.once('listening', resolve));
  const vaultAddress = `http://127.0.0.1:${(vault.address() as AddressInfo).port}`;
  const elsewhere = { VAULT_ADDR: 'https://vault.prod.example.com', VAULT_TOKEN: 's.prod' };
  const redis = { host: '127.0.0.1', port: 1 };
  try {
    const findings = await told({ vaultAddress, redis }, elsewhere);
    expect(findings).toContain('the token was not sent: VAULT_ADDR names another Vault');
    expect(seen).toEqual([undefined]);
    await told({ vaultAddress }, { ...elsewhere, VAULT_ADDR: `${vaultAddress}/` });
    expect(seen).toContain('s.prod');
  } finally {
    vault.close();
  }
});
