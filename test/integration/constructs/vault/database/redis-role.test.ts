/** What the rules of `RedisRole` let a leased user do, asked of real Redis and leased by real OpenBao. */
import { RedisRole } from '@portcullis/constructs';
import { createClient, type RedisClientType } from 'redis';
import { VaultClient } from '../../../../../cli/src/engines/vault-client';
import { redisCommand } from '../../../../../cli/src/local/servers/redis';
import {
  KNOWN_CATEGORIES,
  KNOWN_COMMANDS,
} from '../../../../../constructs/src/vault/database/redis-commands';
import { useOpenBao, useRedis } from '../../../../support/engines';
import { only, refusedProps, stackIn, synthesize } from '../../../../support/synth/synthesize';
import { redisIn } from '../../../../support/synth/vault-fixtures';

const vault = useOpenBao();
const redis = useRedis();
const admin = () => new VaultClient(vault().address, vault().rootToken);
const asAdmin = (...command: string[]) => redisCommand(redis().adminUrl, command);

beforeAll(async () => {
  const { host, port, bootstrapPassword } = redis();
  await admin().write('sys/mounts/database', { type: 'database' });
  await admin().write('database/config/redis', {
    plugin_name: 'redis-database-plugin',
    host,
    port,
    tls: false,
    username: 'vault_admin',
    password: bootstrapPassword,
    allowed_roles: '*',
  });
  await asAdmin('SET', 'somebody:else', 'theirs');
});

interface Leased {
  readonly user: string;
  run(...command: string[]): Promise<unknown>;
}

/** Leases a user whose creation statement is `statement`, whatever a construct says about it. */
async function lease(statement: string): Promise<Leased> {
  await admin().write('database/roles/tried', {
    db_name: 'redis',
    creation_statements: [statement],
    default_ttl: '600s',
    max_ttl: '600s',
  });
  const { data } = await admin().read('database/creds/tried');
  const { username, password } = data as { username: string; password: string };
  const url = `redis://${username}:${password}@${redis().host}:${redis().port}`;
  return { user: username, run: (...command) => redisCommand(url, command) };
}

/** The statement that the construct would have the provider write. */
function statementOf(rules: readonly string[]): string {
  const synthesized = synthesize(
    (stack) => new RedisRole(stack, 'role', { connection: redisIn(stack), name: 'role', rules }),
  );
  const [statement = ''] = only(synthesized, 'vault_database_secret_backend_role')
    .creation_statements as string[];
  return statement;
}

const refuses = (rules: readonly string[]) => {
  const stack = stackIn();
  const connection = redisIn(stack);
  expect(() => new RedisRole(stack, 'role', { connection, name: 'role', rules })).toThrow(
    refusedProps(`rules[${rules.length - 1}]`),
  );
};

test.each([[['+acl|setuser']], [['+@admin']], [['+@dangerous']], [['+acl']], [['+@slow']], [['+@ALL']]])(
  'by %j a leased user would make another that may do everything without a password: refused',
  async (rules) => {
    const leased = await lease(JSON.stringify(rules));
    await leased.run('ACL', 'SETUSER', 'evil', 'on', 'nopass', '~*', '&*', '+@all');
    expect(
      await redisCommand(`redis://evil:any@${redis().host}:${redis().port}`, ['GET', 'somebody:else']),
    ).toBe('theirs');
    await asAdmin('ACL', 'DELUSER', 'evil');
    refuses(rules);
  },
);

test.each(['~**', '~?*', '~[a-z]*', '%R~**', '%RW~**', '~*else'])(
  'by %s a leased user would read what is somebody else’s: refused',
  async (pattern) => {
    const leased = await lease(JSON.stringify(['+get', pattern]));
    expect(await leased.run('GET', 'somebody:else')).toBe('theirs');
    refuses(['+get', pattern]);
  },
);

describe('a user of everything that is accepted, at once', () => {
  let client: RedisClientType;
  let leased: Leased;
  beforeAll(async () => {
    client = createClient({ url: redis().adminUrl });
    await client.connect();
    // Redis refuses the names of commands that it does not have yet.
    const there = new Set(await namesOf(client, 'ACL', 'CAT', []));
    const rules = [
      ...['~orders:*', '&orders:*'],
      ...Object.keys(KNOWN_CATEGORIES).map((category) => `+@${category}`),
      ...['-@dangerous', '-function'],
      ...[...KNOWN_COMMANDS].filter((command) => there.has(command)).map((command) => `+${command}`),
    ];
    leased = await lease(statementOf(rules));
  });
  afterAll(() => {
    client.destroy();
  });

  test('administers nothing, but for what is known', async () => {
    const dangerous = await namesOf(client, 'ACL', 'CAT', ['dangerous', 'admin']);
    expect(dangerous.length).toBeGreaterThan(60);
    const allowed: string[] = [];
    for (const command of dangerous) {
      if (await mayRun(client, leased.user, command)) allowed.push(command);
    }
    expect(allowed.sort()).toEqual(['acl|deluser', 'acl|users', 'info', 'role']);
  });

  test('loads no function, and reaches its own keys alone', async () => {
    const library = "#!lua name=evil\nredis.register_function('get', function() return 1 end)";
    await expect(leased.run('FUNCTION', 'LOAD', library)).rejects.toThrow(/NOPERM/);
    await expect(leased.run('ACL', 'SETUSER', leased.user, '+@all')).rejects.toThrow(/NOPERM/);
    await expect(leased.run('GET', 'somebody:else')).rejects.toThrow(/NOPERM/);
    await expect(leased.run('COPY', 'somebody:else', 'orders:1')).rejects.toThrow(/NOPERM/);
    await expect(leased.run('EVAL', "return redis.call('get', 'somebody:else')", '0')).rejects.toThrow(
      /can't access at least one of the keys/,
    );
    await expect(leased.run('PUBLISH', 'somebody', 'x')).rejects.toThrow(/NOPERM/);
    expect(await leased.run('SET', 'orders:1', 'mine')).toBe('OK');
  });
});

/** Names of commands by category; of all, without one. */
async function namesOf(
  client: RedisClientType,
  one: string,
  two: string,
  categories: string[],
): Promise<string[]> {
  const asked =
    categories.length > 0 ? categories : ((await client.sendCommand([one, two])) as unknown as string[]);
  const lists = await Promise.all(
    asked.map(async (category) => (await client.sendCommand([one, two, category])) as unknown as string[]),
  );
  return [...new Set(lists.flat())];
}

/** Whether a user may run a command, with as many arguments as it wants. Keys are another question. */
async function mayRun(client: RedisClientType, user: string, command: string): Promise<boolean> {
  const [info] = (await client.sendCommand(['COMMAND', 'INFO', command])) as unknown as [unknown[]];
  const words = command.split('|');
  const missing = Math.max(0, Math.abs(Number(info[1])) - words.length);
  const answer = await client
    .sendCommand(['ACL', 'DRYRUN', user, ...words, ...Array.from({ length: missing }, () => 'orders:1')])
    .catch((error: unknown) => String(error));
  return !(typeof answer === 'string' && answer.includes('no permissions to run the'));
}
