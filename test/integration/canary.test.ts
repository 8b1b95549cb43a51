/**
 * No secret stays behind. Canaries are planted in every input of a deploy; then everything that the deploy
 * wrote or showed is searched for them: synth output, state, plan, debug logs, audit logs, process lists.
 * One story is told before the tests, each of which judges what a part of it left.
 */
import { engineOf } from '@portcullis/constructs';
import { readdirSync, readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { messageOf } from '../../cli/src/errors';
import { redisCommand } from '../../cli/src/local/servers/redis';
import { canary, useVaultDeployment, type Outcome, type VaultDeployment } from './vault-deployment';

const deployment = useVaultDeployment();

const apiConfig = {
  oauth_client_secret: canary(),
  jwt_signing_key: canary(),
  encryption_key: canary(),
  db_host: canary(),
  db_port: canary(),
};
/** Shorter than a key may be. */
const shortKey = canary().slice(0, 20);
const encrypts = (): boolean => engineOf(deployment().engine) === 'opentofu';
const wrongPassword = canary();
const urlPassword = canary();

/**
 * As loudly as the engine and cdktf can, and the provider may: at DEBUG it would log the databases' passwords,
 * which the stacks refuse.
 */
const loudly = (log: string, provider: 'TRACE' | 'INFO' = 'INFO'): NodeJS.ProcessEnv => ({
  TF_LOG: 'TRACE',
  TF_LOG_PROVIDER: provider,
  TF_LOG_PATH: join(deployment().folder, `${log}.log`),
  CDKTF_LOG_LEVEL: 'all',
  CDKTF_LOG_FILE_DIRECTORY: deployment().folder,
});

const values = (): NodeJS.ProcessEnv => ({
  TF_VAR_fintech_api_config: JSON.stringify(apiConfig),
  TF_VAR_postgres_admin_password: deployment().bootstrap.postgres,
  TF_VAR_redis_bootstrap_password: deployment().bootstrap.redis,
});

/** Every secret that may be nowhere at all. */
const secrets = (): Record<string, string> => ({
  ...apiConfig,
  'the admin password of PostgreSQL': deployment().bootstrap.postgres,
  'a wrong password of PostgreSQL': wrongPassword,
  'a key that is too short': shortKey,
  'the password in PORTCULLIS_DATABASE_URL': urlPassword,
  "the deployer's token": deployment().vault.rootToken,
  "the state's passphrase": deployment().statePassphrase,
});

/** The throwaway may be in the state, and nowhere else. */
const secretsAndThrowaway = (): Record<string, string> => ({
  ...secrets(),
  'the bootstrap password of Redis': deployment().bootstrap.redis,
});

/** Which secrets are in `text`: as they are, or in an encoding that engines and tools write. */
function secretsIn(text: string, wanted = secretsAndThrowaway()): string[] {
  return Object.entries(wanted).flatMap(([name, secret]) => {
    const bytes = Buffer.from(secret);
    const encoded = [secret, encodeURIComponent(secret), bytes.toString('hex')];
    // In base64 a secret looks different at each of three offsets, and its last characters mix with what follows.
    for (const offset of [0, 1, 2]) {
      const shifted = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
      encoded.push(shifted.slice(Math.ceil((offset * 4) / 3), -4));
    }
    return encoded.some((form) => text.includes(form)) ? [name] : [];
  });
}

/** The files below `folder` that hold a secret, as `file: secret`. */
async function leaksBelow(folder: string): Promise<string[]> {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter(
    // The provider's own binary is no output, only large.
    (entry) => entry.isFile() && !entry.name.startsWith('terraform-provider-'),
  );
  const found = await Promise.all(
    files.map(async ({ parentPath, name }) => {
      // Terraform cannot encrypt its state, so there the throwaway can be read; it is dead all the same.
      const isClearState = !encrypts() && name.startsWith('vault-local.tfstate');
      const text = await readFile(join(parentPath, name), 'latin1');
      const wanted = isClearState ? secrets() : secretsAndThrowaway();
      return secretsIn(text, wanted).map((secret) => `${name}: ${secret}`);
    }),
  );
  return found.flat();
}

/** Runs `work` and gives every command line that any process had meanwhile. */
async function withProcessList(work: () => Promise<Outcome>): Promise<Outcome & { commandLines: string }> {
  const seen = new Set<string>();
  const look = (): void => {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        seen.add(readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' '));
      } catch {
        // It has ended.
      }
    }
  };
  const timer = setInterval(look, 20);
  try {
    return { ...(await work()), commandLines: [...seen].join('\n') };
  } finally {
    clearInterval(timer);
  }
}

/** A part of the story: how it ended, and the secrets that were found after it, each with the place. */
interface Part extends Outcome {
  readonly commandLines: string;
  readonly leaks: readonly string[];
}

/** Does a part, and searches all that there is by then. */
async function part(work: () => Promise<Outcome>): Promise<Part> {
  const outcome = await withProcessList(work);
  const { folder, vault, run } = deployment();
  const texts = {
    output: outcome.output,
    'process list': outcome.commandLines,
    'log of OpenBao': await readFile(run.logOf('openbao'), 'utf8'),
    ...Object.fromEntries(
      await Promise.all(vault.auditFiles.map(async (file) => [file, await readFile(file, 'utf8')] as const)),
    ),
  };
  const shown = Object.entries(texts).flatMap(([place, text]) =>
    secretsIn(text).map((secret) => `${place}: ${secret}`),
  );
  return { ...outcome, leaks: [...shown, ...(await leaksBelow(folder))] };
}

/** A deploy without values, one with a key that is too short, one that is refused, one that fails, one that succeeds, a plan, a redeploy without values. */
async function tellStory() {
  const { databaseUrl, folder } = deployment();
  const deploy = (variables: NodeJS.ProcessEnv) => deployment().deploy(variables);
  const engineRun = (...args: Parameters<VaultDeployment['engineRun']>) => deployment().engineRun(...args);
  const withoutValues = await part(() => deploy(loudly('without')));
  const entryWithoutValues = await kvVersion().catch(messageOf);
  // By the engine itself: cdktf may end before it has shown the last lines.
  const short = await part(() =>
    engineRun(['apply', '-auto-approve', '-input=false'], {
      ...loudly('short'),
      TF_VAR_fintech_api_config: JSON.stringify({ ...apiConfig, encryption_key: shortKey }),
    }),
  );
  const entryWithShortKey = await kvVersion().catch(messageOf);
  const refused = await part(() => deploy({ ...values(), ...loudly('refused', 'TRACE') }));
  const failed = await part(() =>
    deploy({ ...values(), ...loudly('failed'), TF_VAR_postgres_admin_password: wrongPassword }),
  );
  const PORTCULLIS_DATABASE_URL = `postgres://someone:${urlPassword}@${new URL(databaseUrl).host}/fintech`;
  const first = await part(() => deploy({ ...values(), ...loudly('first'), PORTCULLIS_DATABASE_URL }));
  const savedPlan = join(folder, 'saved.tfplan');
  const plan = await part(() =>
    engineRun(['plan', '-input=false', `-out=${savedPlan}`], { ...values(), ...loudly('plan', 'TRACE') }),
  );
  const shownPlan = await engineRun(['show', '-json', savedPlan]);
  const again = await part(() => deploy(loudly('again')));
  return {
    withoutValues,
    entryWithoutValues,
    short,
    entryWithShortKey,
    refused,
    failed,
    first,
    plan,
    shownPlan,
    again,
  };
}

let story: Awaited<ReturnType<typeof tellStory>>;
beforeAll(async () => {
  story = await tellStory();
});

const kvVersion = async (): Promise<number> => {
  const { data } = await deployment().admin.read('secret/metadata/fintech-api/config');
  return data?.current_version as number;
};

it('finds a secret in clear, in base64 and in a URL: the search itself works', () => {
  const secret = apiConfig.jwt_signing_key;
  const found = ['jwt_signing_key'];
  expect(secretsIn(`x${secret}y`)).toEqual(found);
  for (const before of ['', 'a', 'ab', 'abc']) {
    expect(secretsIn(Buffer.from(`${before}${secret}xyz`).toString('base64'))).toEqual(found);
  }
  expect(secretsIn('nothing')).toEqual([]);
});

it('fails a first deploy without values, names each missing variable, and writes no secret', () => {
  expect(story.withoutValues.code).not.toBe(0);
  for (const name of ['fintech_api_config', 'postgres_admin_password', 'redis_bootstrap_password']) {
    expect(story.withoutValues.output).toContain(`TF_VAR_${name}`);
  }
  expect(story.entryWithoutValues).toMatch(/404/);
});

it('writes no value with which no instance could start', () => {
  expect(story.short.code).not.toBe(0);
  expect(story.short.output.replace(/[\s│]+/g, ' ')).toContain(
    'encryption_key of the secret fintech_api_config has fewer than 32 characters',
  );
  expect(story.entryWithShortKey).toMatch(/404/);
  expect(story.short.leaks).toEqual([]);
});

it('refuses to deploy while the provider would log passwords, and says what to set instead', () => {
  expect(story.refused.code).not.toBe(0);
  expect(story.refused.output).toContain('set TF_LOG_CORE instead of TF_LOG');
  expect(story.refused.leaks).toEqual([]);
});

it('leaves nothing behind when an apply fails', () => {
  expect(story.failed.code).not.toBe(0);
  expect(story.failed.output).toContain('password authentication failed');
  expect(story.failed.leaks).toEqual([]);
});

it('leaves nothing behind when an apply succeeds', () => {
  expect(story.first.output).toContain('Apply complete!');
  expect(story.first.code).toBe(0);
  expect(story.first.commandLines).toContain('cdktf deploy vault-local');
  expect(story.first.leaks).toEqual([]);
});

it('has brought the values to where they belong', async () => {
  const { data } = await deployment().admin.read('secret/data/fintech-api/config');
  expect(data?.data).toEqual(apiConfig);
});

it('keeps no secret in the state, not even decrypted, but the throwaway of Redis', async () => {
  const state = await deployment().engineRun(['state', 'pull']);
  expect(state.output).toContain('vault_kv_secret_v2');
  expect(secretsIn(state.output)).toEqual(['the bootstrap password of Redis']);
});

it('encrypts the state file, where the engine can', async () => {
  const state = JSON.parse(await readFile(deployment().stateFile, 'utf8')) as object;
  expect('encrypted_data' in state).toBe(encrypts());
  expect('resources' in state).toBe(!encrypts());
});

it('has made that throwaway dead, and the bootstrap password of PostgreSQL too', async () => {
  const { redis, bootstrap, databaseUrl } = deployment();
  const bootstrapUrl = `redis://vault_admin:${bootstrap.redis}@${redis.host}:${redis.port}`;
  await expect(redisCommand(bootstrapUrl, ['PING'])).rejects.toThrow(/WRONGPASS/);

  const url = new URL(databaseUrl);
  const admin = new Client({
    host: url.hostname,
    port: Number(url.port),
    database: 'fintech',
    user: 'vault_admin',
    password: bootstrap.postgres,
  });
  await expect(admin.connect()).rejects.toThrow(/password authentication failed/);
});

it('keeps no secret in a saved plan, made with every value at hand', () => {
  expect(story.plan.code).toBe(0);
  expect(story.plan.leaks).toEqual([]);
  expect(story.shownPlan.output).toContain('"format_version"');
  expect(secretsIn(story.shownPlan.output, secrets())).toEqual([]);
});

it('changes nothing in a redeploy that has no values', async () => {
  expect(story.again.output).toContain('No changes.');
  expect(story.again.code).toBe(0);
  await expect(kvVersion()).resolves.toBe(1);
  expect(story.again.leaks).toEqual([]);
});

it('still leases users of both databases after that', async () => {
  for (const role of ['fintech-api-role', 'redis-role', 'redis-sweep-role']) {
    const { lease_duration: seconds } = await deployment().admin.read<{ lease_duration: number }>(
      `database/creds/${role}`,
    );
    // What is left of its hour when Vault answers: 3,599 where making the user took it across a second.
    expect(seconds).toBeLessThanOrEqual(3_600);
    expect(seconds).toBeGreaterThan(3_500);
  }
});
