import { secret, type Secret, type WatchedEntry } from '@portcullis/runtime';
import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { z } from 'zod';
import { pino } from 'pino';
import { until } from '../../../support/until';
import { useShortLeases, type Service } from './short-leases';

const leases = useShortLeases();
const schema = z.object({ key: secret(), host: z.string().default('localhost') });

const service = (): Promise<Service> => leases().connect();

/** An entry of its own for each test, and how to write its next version. */
function entry(): { path: string; write: (data: Record<string, unknown>) => Promise<unknown> } {
  const name = randomBytes(4).toString('hex');
  return {
    path: `secret/${name}`,
    write: (data) => leases().admin.write(`secret/data/${name}`, { data }),
  };
}

const keys = (watched: WatchedEntry<{ key: Secret }>): string[] =>
  watched.accepted.map(({ key }) => key.reveal());

test('a raised version reaches a running service, which accepts the old key and the new one', async () => {
  const { path, write } = entry();
  const { secrets, events } = await service();
  await write({ key: 'old' });
  const watched = await secrets.watchKv(path, schema, { intervalSeconds: 0.1 });
  expect(keys(watched)).toEqual(['old']);

  const changed = new Promise<string>((resolve) => watched.onChange(({ key }) => resolve(key.reveal())));
  await write({ key: 'new' });

  expect(await changed).toBe('new');
  expect(watched.version).toBe(2);
  expect(keys(watched)).toEqual(['new', 'old']);
  expect(events).toContainEqual({ type: 'kv_changed', path, version: 2 });
});

test('an instance that starts after the change accepts the old key too, as long as its elders do', async () => {
  const { path, write } = entry();
  const { secrets } = await service();
  await write({ key: 'old' });
  await write({ key: 'new' });

  expect(keys(await secrets.watchKv(path, schema))).toEqual(['new', 'old']);
  expect(keys(await secrets.watchKv(path, schema, { acceptPreviousSeconds: 0 }))).toEqual(['new']);
});

test('a version that does not fit its schema changes nothing, and is told once, by the names of its fields', async () => {
  const { path, write } = entry();
  const { secrets, events } = await service();
  await write({ key: 'good' });
  const watched = await secrets.watchKv(path, schema);

  await write({ key: 7, host: ['canary-value'] });
  await watched.refresh();
  await watched.refresh();

  expect(watched.current.key.reveal()).toBe('good');
  const failures = events.filter(({ type }) => type === 'kv_failed');
  expect(failures).toMatchObject([
    {
      code: 'ERR_KV_SCHEMA',
      message: expect.stringMatching(/key \(invalid_type\), host \(invalid_type\)/) as string,
    },
  ]);
  expect(JSON.stringify(failures)).not.toContain('canary-value');

  await write({ key: 'better' });
  await watched.refresh();
  expect(watched.current.key.reveal()).toBe('better');
  // What was never good is never accepted.
  expect(keys(watched)).toEqual(['better']);
});

test('a deleted entry changes nothing either', async () => {
  const { path, write } = entry();
  const { secrets, events } = await service();
  await write({ key: 'good' });
  const watched = await secrets.watchKv(path, schema);
  await leases().admin.write(path.replace('secret/', 'secret/delete/'), { versions: [1] });
  await watched.refresh();

  expect(watched.current.key.reveal()).toBe('good');
  expect(events).toContainEqual(expect.objectContaining({ type: 'kv_failed', code: 'ERR_KV_NOT_FOUND' }));
});

test('an entry that is missing or unfit at the start fails the start', async () => {
  const { path, write } = entry();
  const { secrets } = await service();
  await expect(secrets.watchKv(path, schema)).rejects.toMatchObject({ code: 'ERR_KV_NOT_FOUND' });
  await write({ host: 'db' });
  await expect(secrets.watchKv(path, schema)).rejects.toMatchObject({
    code: 'ERR_KV_SCHEMA',
    message: expect.stringContaining('key (invalid_type)') as string,
  });
});

test('what was read prints as [secret] in a log, in JSON and on a console', async () => {
  const { path, write } = entry();
  const { secrets } = await service();
  await write({ key: 'canary-key', host: 'canary-host' });
  const watched = await secrets.watchKv(path, schema);
  const config = await secrets.kv(path, schema);

  const lines: string[] = [];
  const logger = pino({}, { write: (line: string) => void lines.push(line) });
  logger.info({ config, watched, current: watched.current, key: config.key }, 'started');
  logger.info(config);
  logger.info('%o %s %j', config, config.key, watched);
  const printed = [
    ...lines,
    JSON.stringify({ config, watched, secrets }),
    inspect({ config, watched, secrets }, { depth: 12, showHidden: true }),
    String(config.key),
  ].join('\n');

  expect(printed).toContain('[secret]');
  expect(printed).not.toContain('canary');
  expect(config.host).toBe('canary-host');
});

test('an entry that was deleted and made anew is seen, although it has the same version again', async () => {
  const { path, write } = entry();
  const { secrets, events } = await service();
  await write({ key: 'old' });
  const watched = await secrets.watchKv(path, schema);

  await leases().admin.remove(path.replace('secret/', 'secret/metadata/'));
  await write({ key: 'new' });
  await watched.refresh();

  expect(keys(watched)).toEqual(['new', 'old']);
  expect(watched.version).toBe(1);
  expect(events).toContainEqual({ type: 'kv_changed', path, version: 1 });
});

test('an engine that is mounted in a folder is found', async () => {
  const { admin } = leases();
  await admin.write('sys/mounts/team/kv', { type: 'kv', options: { version: '2' } });
  // A mount of version 2 refuses writes for a moment.
  await until(() => admin.write('team/kv/data/app/config', { data: { key: 'old' } }));
  const { secrets } = await service();

  const watched = await secrets.watchKv('team/kv/app/config', schema);
  await admin.write('team/kv/data/app/config', { data: { key: 'new' } });
  await watched.refresh();

  expect(keys(watched)).toEqual(['new', 'old']);
  await expect(secrets.kv('team/kv/app/other', schema)).rejects.toMatchObject({ code: 'ERR_KV_NOT_FOUND' });
});

test('an engine of version 1 is refused in words that help', async () => {
  const { admin } = leases();
  await admin.write('sys/mounts/old', { type: 'kv', options: { version: '1' } });
  await admin.write('old/app', { key: 'canary-value' });
  // Read as version 2 has it, this one would be found.
  await admin.write('old/data/lookalike', { key: 'canary-value' });
  const { secrets } = await service();

  for (const path of ['old/app', 'old/lookalike']) {
    await expect(secrets.watchKv(path, schema)).rejects.toMatchObject({
      code: 'ERR_KV_VERSION',
      message: expect.stringMatching(/version 1.*enable-versioning/) as string,
    });
  }
});

test.each(['secret/../sys/health', 'secret/app/./config', 'secret/..', 'secret', '', 7, null])(
  'the path %j is refused before Vault is asked',
  async (path) => {
    const { secrets } = await service();
    await expect(secrets.kv(path as string, schema)).rejects.toMatchObject({
      code: 'ERR_SECRETS_CONFIG',
      message: expect.stringContaining('secret/fintech-api/config') as string,
    });
    await expect(secrets.watchKv(path as string, schema)).rejects.toMatchObject({
      code: 'ERR_SECRETS_CONFIG',
    });
  },
);

test('a listener that throws keeps no other from hearing of a version', async () => {
  const { path, write } = entry();
  const { secrets } = await service();
  await write({ key: 'old' });
  const watched = await secrets.watchKv(path, schema);
  const warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  watched.onChange(() => {
    throw new Error('of the first');
  });
  const heard: string[] = [];
  watched.onChange(({ key }) => heard.push(key.reveal()));
  try {
    await write({ key: 'new' });
    await watched.refresh();
    expect(heard).toEqual(['new']);
    expect(warned).toHaveBeenCalledWith('onChange failed: of the first');
  } finally {
    warned.mockRestore();
  }
});

test('what a schema throws is not told, for it may quote the entry; later it is an event', async () => {
  const { path, write } = entry();
  const { secrets, events } = await service();
  const json = z.object({ key: z.string().transform((text) => JSON.parse(text) as unknown) });
  await write({ key: 'canary' });
  const failure: unknown = await secrets.kv(path, json).catch((error: unknown) => error);
  const message = `the KV entry "${path}" does not fit its schema: the schema itself threw a SyntaxError (ERR_KV_SCHEMA)`;
  expect(failure).toMatchObject({ code: 'ERR_KV_SCHEMA', message });
  expect(inspect(failure, { depth: 9 })).not.toContain('canary');

  await write({ key: '"good"' });
  const watched = await secrets.watchKv(path, json);
  await write({ key: 'canary' });
  await watched.refresh();
  expect(watched.current.key).toBe('good');
  expect(events).toContainEqual({ type: 'kv_failed', path, code: 'ERR_KV_SCHEMA', message });
});

test('what a schema makes works: an async one, dates, keys; it is not printed', async () => {
  const { path, write } = entry();
  const { secrets } = await service();
  await write({ key: 'canary', until: '2030-01-01' });
  const made = await secrets.kv(
    path,
    z.object({
      key: z.string().transform((text) => Promise.resolve(Buffer.from(text))),
      until: z.coerce.date(),
    }),
  );
  expect(made.key.toString()).toBe('canary');
  expect(made.until.getFullYear()).toBe(2030);
  expect(inspect([made, made.key])).not.toMatch(/canary|63 61/);
});
