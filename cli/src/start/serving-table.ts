import { shownAddress } from '@portcullis/runtime/policy';
import { policy } from '../../../policy';
import type { LocalEnvironment } from '../local/environment';
import type { Service } from '../local/service';

/** Of whom a client is shown in the lines to try. */
const SHOWN_TIER = 'pro';

type ShownEnvironment = Pick<LocalEnvironment, 'identity' | 'vault'> & {
  readonly run: Pick<LocalEnvironment['run'], 'logOf'>;
  readonly postgres: Pick<LocalEnvironment['postgres'], 'databaseUrl'>;
  readonly redis: Pick<LocalEnvironment['redis'], 'host' | 'port'>;
};

type ShownService = Pick<Service, 'url' | 'pageUrl' | 'pid'>;

/**
 * Where everything is, and how to try it, on a terminal of 80 columns and 24 lines.
 * @param isOffered whether commands of another terminal find it.
 */
export function servingTable(
  environment: ShownEnvironment,
  service: ShownService,
  { isOffered }: { readonly isOffered: boolean },
): string {
  const { identity, vault, postgres, redis } = environment;
  const { whoCanLogIn } = identity;
  const rows = [
    ['Page', `${service.pageUrl}${whoCanLogIn === undefined ? '  log in as anybody there' : ''}`],
    ...(whoCanLogIn ?? []).map((line) => ['', line]),
    ['API', service.url],
    ['Vault', `${vault.address}  secret/${policy.name}/config, database/`],
    ['PostgreSQL', shownAddress(postgres.databaseUrl)],
    ['Redis', `${redis.host}:${redis.port}`],
    ['OIDC provider', identity.issuer],
    ['Logs', environment.run.logOf('api')],
    ['Rotate now', `kill -USR2 ${service.pid}`],
  ];
  const width = Math.max(...rows.map(([name = '']) => name.length));
  const table = rows.map(([name = '', value = '']) => `  ${name.padEnd(width)}  ${value}`);
  return ['', ...table, '', ...(isOffered ? toTry(identity, service) : [NOT_OFFERED]), ''].join('\n');
}

const NOT_OFFERED = '  No other terminal finds it: the name of TMPDIR is too long for a socket in it.';

/** Each command finds what runs by itself, and each token is asked for anew. */
function toTry(identity: LocalEnvironment['identity'], { url }: ShownService): string[] {
  const { clients } = identity;
  const others = [...new Set(clients.flatMap(({ tier }) => tier ?? []))].filter(
    (tier) => tier !== SHOWN_TIER,
  );
  const client = identity.hasDemoClients ? SHOWN_TIER : (clients[0]?.clientId ?? SHOWN_TIER);
  return [
    '  In another terminal, in this folder:',
    `    portcullis() { npm run --silent portcullis -- "$@"; }`,
    `    curl -i -H "Authorization: Bearer $(portcullis token ${client})" \\`,
    `      ${url}/api/transactions${others.length === 0 ? '' : `   # or ${others.join(', ')}`}`,
    ...(identity.hasDemoClients ? ['    portcullis limits show org-pro'] : []),
    `    portcullis revoke --subject ${client} --reason "trying it"`,
    '    portcullis whois vault:v1:… --reason "trying it"   # a `subject` of the log',
    '    portcullis secrets status',
  ];
}
