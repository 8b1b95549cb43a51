import type { KeycloakRealm } from '@portcullis/constructs/keycloak';
import type { Command } from 'commander';
import { PortcullisError } from '../errors';
import { loadConfig } from '../config/load-config';
import { readsConfig, type ConfigOption } from '../config/option';
import { accessFromEnvironment } from './access';
import { KeycloakAdmin } from './admin-client';
import { applyRealm, planRealm, type RealmChange } from './reconcile';
import { removeRealm, secretOf } from './realm-actions';
import { realmOf } from './realm-of';
import { renderChanges } from './render-changes';
import { typed } from '../terminal/command-name';

interface Options extends ConfigOption {
  readonly environment: string;
  readonly json?: boolean;
}

const NEEDS = 'Needs KEYCLOAK_URL, KEYCLOAK_ADMIN_CLIENT_ID and KEYCLOAK_ADMIN_CLIENT_SECRET';

/** `portcullis identity`: the realm of Keycloak that an environment's `realm` in portcullis.config.ts describes. */
export function register(program: Command): void {
  const identity = program
    .command('identity')
    .description(
      "makes the realm of Keycloak that an environment's `realm` in portcullis.config.ts describes",
    );
  const ofEnvironment = (name: string): Command =>
    readsConfig(identity.command(name)).requiredOption(
      '-e, --environment <name>',
      'the environment whose API it is for, as in staging',
    );

  ofEnvironment('plan')
    .description(`shows what apply would change, and changes nothing. ${NEEDS}`)
    .option('--json', 'one JSON object on standard output')
    .action((options: Options) => reconcile(options, planRealm, 'would change'));

  ofEnvironment('apply')
    .description(
      `makes the realm, its client scopes, clients and organisations what they have to be; a second time it changes nothing. What else is there stays. ${NEEDS}`,
    )
    .option('--json', 'one JSON object on standard output')
    .action((options: Options) => reconcile(options, applyRealm, 'changed'));

  ofEnvironment('secret')
    .description(
      `writes the secret that Keycloak made for a client to standard output, for a pipe to \`portcullis secrets put\`. ${NEEDS}`,
    )
    .argument('<client>', 'as in fintech-web')
    .option('--new', 'make another one first; the one before is then worth nothing')
    .option('--json', 'one JSON object on standard output: realm, client, secret')
    .action(printSecret);

  ofEnvironment('destroy')
    .description(`removes the realm with everything in it, its people included. ${NEEDS}`)
    .argument('<realm>', "the realm's name, so that nobody removes it by accident")
    .option('--json', 'one JSON object on standard output')
    .action(destroy);
}

async function reconcile({ json, ...options }: Options, walk: typeof planRealm, verb: string): Promise<void> {
  const wanted = await wantedRealm(options);
  const changes: readonly RealmChange[] = await walk(adminFromEnvironment(), wanted);
  console.log(
    json ? JSON.stringify({ realm: wanted.realm, changes }) : renderChanges(wanted.realm, changes, verb),
  );
}

async function printSecret(client: string, options: Options & { readonly new?: boolean }): Promise<void> {
  if (process.stdout.isTTY) {
    throw new PortcullisError(
      'ERR_SETTING',
      'standard output is a terminal, which would show the secret and keep it in its scrollback',
      `pipe it, as in \`${typed('identity secret …')} | ${typed('secrets put secret/fintech-api/config oauth_client_secret')}\``,
    );
  }
  const wanted = await wantedRealm(options);
  const secret = await secretOf(adminFromEnvironment(), wanted, client, options.new);
  console.log(options.json ? JSON.stringify({ realm: wanted.realm, client, secret }) : secret);
}

async function destroy(realm: string, options: Options): Promise<void> {
  const wanted = await wantedRealm(options);
  if (realm !== wanted.realm) {
    throw new PortcullisError(
      'ERR_SETTING',
      `received ${JSON.stringify(realm)}; the realm of ${options.environment} is ${wanted.realm}`,
      'nothing was removed: name it',
    );
  }
  const wasThere = await removeRealm(adminFromEnvironment(), wanted);
  if (options.json) console.log(JSON.stringify({ realm, removed: wasThere }));
  else console.log(wasThere ? `Removed the realm ${realm}.` : `There is no realm ${realm}.`);
}

function adminFromEnvironment(): KeycloakAdmin {
  return new KeycloakAdmin(accessFromEnvironment(process.env));
}

async function wantedRealm({ environment, config }: Options): Promise<KeycloakRealm> {
  return realmOf(environment, (await loadConfig(config)).config);
}
