import { policy } from '../../../policy';
import type { ClientName } from '../local/clients';
import { shownAddress } from '../errors';
import type { LocalEnvironment } from '../local/environment';
import type { Service } from '../local/service';

/** One client of each tier. */
const SHOWN: readonly (readonly [tier: string, client: ClientName])[] = [
  ['free', 'free-one'],
  ['pro', 'pro'],
  ['enterprise', 'enterprise'],
];

/** Where everything is, and how to try it. */
export async function servingTable(environment: LocalEnvironment, service: Service): Promise<string> {
  const { identity, vault, postgres, redis } = environment;
  const rows = [
    ['Page', `${service.pageUrl}  ${identity.whoCanLogIn ?? 'log in as anybody there'}`],
    ['API', service.url],
    ['Vault', `${vault.address}  AppRole ${policy.name}, KV secret/${policy.name}/config, database/`],
    ['PostgreSQL', shownAddress(postgres.databaseUrl)],
    ['Redis', `${redis.host}:${redis.port}`],
    ['OIDC provider', identity.issuer],
    ['Logs', environment.run.logOf('api')],
    ['Rotate now', `kill -USR2 ${service.pid}`],
  ];
  const width = Math.max(...rows.map(([name = '']) => name.length));
  const table = rows.map(([name = '', value = '']) => `  ${name.padEnd(width)}  ${value}`);
  return ['', ...table, '', ...(await curls(identity, service)), ''].join('\n');
}

async function curls(identity: LocalEnvironment['identity'], { url }: Service): Promise<string[]> {
  const shown = identity.hasDemoClients ? SHOWN : ([['your client', 'pro']] as const);
  const lines = shown.map(async ([tier, client]) => {
    const token = await identity.token(client);
    return `  # ${tier}\n  curl -i -H 'Authorization: Bearer ${token}' ${url}/api/transactions\n`;
  });
  return Promise.all(lines);
}
