import type { ClientLimits } from '@portcullis/runtime';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config/define-config';
import { loadConfig } from '../config/load-config';
import type { ConfigOption } from '../config/option';
import { PortcullisError } from '../errors';
import { reasonOf } from '../options/reason';
import { problemOfField } from '../secrets/known-fields';
import { putField, removeField } from '../secrets/put';
import { vaultFromEnvironment } from '../connections/vault';
import { endOf } from './until';
import { withLimits } from './with-limits';

interface WaitOptions extends ConfigOption {
  /** `false` with `--no-wait`. */
  readonly wait: boolean;
  readonly json?: boolean;
}

interface SetOptions extends WaitOptions {
  readonly until: string;
  readonly reason: string;
}

/** Longest wait for all instances, ms: each looks every 15 seconds, and reports every 5. */
const PATIENCE_MS = 45_000;
const ASKED_EVERY_MS = 1_000;

/** `portcullis limits set`: nothing is written that services would leave out. */
export async function set(
  organisation: string,
  limits: string,
  { until, reason, ...options }: SetOptions,
): Promise<void> {
  const why = reasonOf(reason);
  if (limits.includes('#')) {
    throw new PortcullisError('ERR_SETTING', 'the limits hold a #', 'give a tier, or limits such as 5000/1m');
  }
  const end = endOf(until, Date.now());
  const value = `${limits}${end === undefined ? '' : ` until ${end}`} # ${why}`;
  await change(
    organisation,
    options,
    (vault, path, config) => putField(vault, { path, field: organisation, value }, problemOfField(config)),
    {
      ...{ limits, reason: why },
      ...(end !== undefined && { until: end }),
    },
  );
}

/** `portcullis limits unset`. */
export async function unset(organisation: string, options: WaitOptions): Promise<void> {
  await change(organisation, options, (vault, path) => removeField(vault, { path, field: organisation }), {});
}

type Vault = ReturnType<typeof vaultFromEnvironment>;

async function change(
  organisation: string,
  { wait, json, config: file }: WaitOptions,
  write: (vault: Vault, path: string, config: Config) => Promise<number>,
  said: object,
): Promise<void> {
  const { config } = await loadConfig(file);
  const path = `${config.vault.kv}/${config.vault.limitsEntry}`;
  const vault = vaultFromEnvironment(process.env);
  const tell = (version: number, instances?: number): void => {
    if (json)
      console.log(
        JSON.stringify({ organisation, ...said, version, ...(instances !== undefined && { instances }) }),
      );
    else if (instances === undefined) console.log(`Written, as version ${version} of ${path}.`);
    else console.log(`In force on ${inWords(instances)}, as version ${version} of ${path}.`);
  };
  if (!wait) {
    tell(await write(vault, path, config));
    return;
  }
  // Redis first: what cannot be confirmed is not written.
  await withLimits(config, async (limits) => {
    await limits.reported();
    const version = await write(vault, path, config);
    tell(version, await inForce(limits, version));
  });
}

/** Waits until every running instance follows this version. @returns how many there are */
async function inForce(limits: ClientLimits, version: number): Promise<number> {
  let versions: readonly number[] = [];
  for (let asked = 0; asked <= PATIENCE_MS / ASKED_EVERY_MS; asked += 1) {
    if (asked > 0) await sleep(ASKED_EVERY_MS);
    ({ versions } = await limits.reported());
    if (versions.length > 0 && versions.every((one) => one >= version)) return versions.length;
  }
  const late = versions.filter((one) => one < version).length;
  throw new PortcullisError(
    'ERR_UNREACHABLE',
    versions.length === 0
      ? `written as version ${version}, but no instance has reported that it follows limits of single organisations`
      : `written as version ${version}, but ${late} of ${inWords(versions.length)} do not have it after ${PATIENCE_MS / 1_000} s`,
    'see that the service runs, that rateLimit() is given watchOverrides(), and what its log says of Vault',
  );
}

const inWords = (count: number): string => (count === 1 ? '1 instance' : `${count} instances`);
