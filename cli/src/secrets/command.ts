import { InvalidArgumentError, type Command } from 'commander';
import { DEFAULT_VAULT } from '../config/define-config';
import { loadConfigIfAny } from '../config/load-config';
import { readsConfig, type ConfigOption } from '../config/option';
import { PortcullisError } from '../errors';
import { withLeasedRedis } from '../connections/leased-redis';
import { fallsBackToSandbox, sandboxHere } from '../sandbox/falls-back';
import { problemOfField } from './known-fields';
import { putField } from './put';
import { endLeases } from './end-leases';
import { renderStatus } from './render-status';
import { readSecret } from './secret-input';
import { readStatus } from './status';
import { sweepRedis, type Sweep } from './sweep/sweep-redis';
import { vaultFromEnvironment } from '../connections/vault';

/** `portcullis secrets`: shows what a service holds, and writes values to Vault. */
export function register(program: Command): void {
  const secrets = program
    .command('secrets')
    .description('what a running service holds; values for Vault; what leases left behind');

  secrets
    .command('status')
    .description(
      'shows the token and each lease of a running service: role, age, deadline, next action. ' +
        'Exit code 0: all serve, 1: one does not, or nothing answers',
    )
    .option(
      '--socket <path>',
      "the service's status socket: the option statusSocket of SecretsManager.connect(); the default is that of what was started from this repository",
      process.env.PORTCULLIS_STATUS_SOCKET,
    )
    .option('--json', 'one JSON object on standard output')
    .action(async ({ socket, json }: { socket?: string; json?: boolean }) => {
      const status = await readStatus(socket ?? (await sandboxHere())?.statusSocket);
      console.log(json ? JSON.stringify(status, null, 2) : renderStatus(status));
      if (!status.token.valid || status.leases.some(({ user }) => user === undefined)) process.exitCode = 1;
    });

  fallsBackToSandbox(readsConfig(secrets.command('put')), 'operator')
    .description(
      'writes one field of a KV v2 entry with what comes on standard input; the other fields stay. ' +
        'One newline at the end is not part of the value. Needs VAULT_ADDR and VAULT_TOKEN',
    )
    .argument('<path>', 'mount and entry, as in secret/fintech-api/config')
    .argument('<field>', 'as in encryption_key')
    .option(
      '--cas <version>',
      'write only if this is the newest version; 0: only if there is none',
      parseVersion,
    )
    .option('--json', 'one JSON object on standard output')
    .action(put);

  fallsBackToSandbox(readsConfig(secrets.command('sweep-redis')), 'operator')
    .description(
      'removes users of Redis that Vault made and no lease stands for, as a restart brings them back from a saved ACL ' +
        'file. Run it with every deploy. Needs VAULT_ADDR, VAULT_TOKEN, and REDIS_HOST or REDIS_URL',
    )
    .option('--mount <path...>', "database mounts that lease users of this Redis (default: the config's)")
    .option(
      '--role <name>',
      "role that leases the user to sweep with, without REDIS_URL (default: the config's)",
    )
    .option(
      '--save',
      'saves the ACL file afterwards, if no leased user lives: right after the first deploy, with REDIS_URL',
    )
    .option('--json', 'one JSON object on standard output')
    .action(sweep);

  fallsBackToSandbox(secrets.command('end-leases'), 'operator')
    .description(
      'removes the roles of database engines, and ends every lease of theirs while Vault can still remove its user: ' +
        'before `cdktf destroy`. A deploy brings the roles back. Needs VAULT_ADDR and VAULT_TOKEN',
    )
    .argument('<mount...>', 'as in database')
    .option('--json', 'one JSON object on standard output')
    .action(async (mounts: string[], { json }: { json?: boolean }) => {
      const vault = vaultFromEnvironment(process.env);
      const ended: { mount: string; roles: string[] }[] = [];
      for (const mount of mounts) ended.push({ mount, roles: await endLeases(vault, { mount }) });
      if (json) console.log(JSON.stringify({ ended }));
      else for (const { mount, roles } of ended) console.log(renderEnded(mount, roles));
    });
}

const renderEnded = (mount: string, roles: readonly string[]): string =>
  `${mount}: no lease is left; removed ${roles.length === 0 ? 'no role' : roles.join(', ')}`;

interface SweepCommand extends ConfigOption {
  readonly mount?: string[];
  readonly role?: string;
  readonly save?: boolean;
  readonly json?: boolean;
}

interface PutCommand extends ConfigOption {
  readonly cas?: number;
  readonly json?: boolean;
}

async function put(path: string, field: string, { cas, json, config }: PutCommand): Promise<void> {
  const project = await loadConfigIfAny(config);
  if (project === undefined)
    console.error('portcullis: no portcullis.config.ts says what the entry holds: the value is not checked');
  const check = project && problemOfField(project.config);
  const vault = vaultFromEnvironment(process.env);
  const version = await putField(vault, { path, field, value: await readSecret(process.stdin), cas }, check);
  console.log(
    json ? JSON.stringify({ path, field, version }) : `${path}: wrote ${field}, version ${version}`,
  );
}

async function sweep({ save = false, json, config, ...given }: SweepCommand): Promise<void> {
  if (save && !process.env.REDIS_URL) {
    throw new PortcullisError(
      'ERR_SETTING',
      '--save with a leased user would save that user too',
      "set REDIS_URL to Redis' own administrator",
    );
  }
  const vault = vaultFromEnvironment(process.env);
  const names = (await loadConfigIfAny(config))?.config.vault ?? DEFAULT_VAULT;
  const { mount = [names.database], role = names.sweepRole } = given;
  const swept = await withLeasedRedis(process.env, { mount: names.database, role }, (redis) =>
    sweepRedis(vault, (command) => redis.sendCommand([...command]), { mounts: mount, save }),
  );
  console.log(json ? JSON.stringify(swept) : renderSweep(swept));
}

function renderSweep({ removed, leased, saved }: Sweep): string {
  return [
    ...removed.map((user) => `removed ${user}`),
    `${removed.length === 0 ? 'no user was without a lease; ' : ''}${leased} with one`,
    ...(saved ? ['saved the users'] : []),
  ].join('\n');
}

function parseVersion(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError('give a version: a whole number, 0 or more.');
}
