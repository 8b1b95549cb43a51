/**
 * As much of Keycloak's admin API as `portcullis identity` calls for realms, client scopes and clients, with its rule for
 * a client's scopes: the addition of one that is in either list is ignored (`JpaRealmProvider.addClientScopes`).
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { KeycloakAdmin } from '../../../cli/src/identity/admin-client';

export type Item = Record<string, unknown> & { id: string };

export interface RealmDouble {
  settings: Record<string, unknown>;
  readonly scopes: Item[];
  readonly clients: Item[];
}

export interface AdminRequest {
  readonly method: string;
  /** Below `/admin/realms`. */
  readonly path: string;
  readonly body: Record<string, unknown>;
}

type Answer = Record<string, unknown> | readonly unknown[] | undefined;

interface Reply {
  readonly status: number;
  readonly body: unknown;
  readonly location?: string;
}

export class KeycloakDouble {
  readonly realms = new Map<string, RealmDouble>();
  /** Everything but GET, the last one last. */
  readonly writes: AdminRequest[] = [];
  /** What happens before a request is answered. */
  before: (request: AdminRequest) => void = () => undefined;
  /** Instead of an answer: a refusal. */
  refusal: { readonly error_description: string } | undefined;
  private made = 0;
  private readonly server = createServer((req, res) => {
    void text(req).then((sent) => {
      const { status, body, location = '' } = this.reply(req.method ?? '', req.url ?? '', sent);
      res.writeHead(status, { Location: location }).end(JSON.stringify(body));
    });
  });

  async start(): Promise<KeycloakAdmin> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    const { port } = this.server.address() as AddressInfo;
    return new KeycloakAdmin({
      url: `http://127.0.0.1:${port}`,
      clientId: 'deployer',
      clientSecret: 'hunter2',
    });
  }

  async stop(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  realm(name: string): RealmDouble {
    const realm = this.realms.get(name);
    if (realm === undefined) throw new Error(`no realm ${name}`);
    return realm;
  }

  client(realm: string, clientId: string): Item {
    const client = this.realm(realm).clients.find((one) => one.clientId === clientId);
    if (client === undefined) throw new Error(`no client ${clientId}`);
    return client;
  }

  private reply(method: string, address: string, sent: string): Reply {
    const { pathname, searchParams } = new URL(address, 'http://double');
    if (pathname.endsWith('/token')) return { status: 200, body: { access_token: 'token' } };
    if (this.refusal) return { status: 400, body: this.refusal };
    const path = pathname.slice('/admin/realms'.length);
    const request = { method, path, body: (sent === '' ? {} : JSON.parse(sent)) as Record<string, unknown> };
    this.before(request);
    if (method !== 'GET') this.writes.push(request);
    const id = `made-${(this.made += 1)}`;
    const body = this.answer(request, searchParams.get('clientId'), id);
    if (body === undefined) return { status: 404, body: { error: 'not found' } };
    return { status: method === 'POST' ? 201 : 200, body, location: `${pathname}/${id}` };
  }

  private answer({ method, path, body }: AdminRequest, clientId: string | null, made: string): Answer {
    const [, name = '', kind, id, part, of] = path.split('/');
    if (name === '' && method === 'POST') {
      const builtIn = ['organization', 'basic', 'acr', 'profile', 'email', 'service_account'];
      const scopes = builtIn.map((one) => ({ id: `id-of-${one}`, name: one, protocol: 'openid-connect' }));
      this.realms.set(String(body.realm), { settings: body, scopes, clients: [] });
      return {};
    }
    const realm = this.realms.get(name);
    if (realm === undefined) return undefined;
    if (kind === undefined) {
      if (method === 'PUT') Object.assign(realm.settings, body);
      if (method === 'DELETE') this.realms.delete(name);
      return realm.settings;
    }
    const items = kind === 'clients' ? realm.clients : realm.scopes;
    if (id === undefined) {
      if (method === 'GET') return items.filter((one) => clientId === null || one.clientId === clientId);
      items.push({ ...body, id: made, ...(kind === 'clients' && { secret: `secret-of-${made}` }) });
      return {};
    }
    const item = items.find((one) => one.id === id);
    if (item === undefined) return undefined;
    if (part === 'client-secret') {
      if (method === 'POST') item.secret = `secret-of-${made}`;
      return item.publicClient === true ? { type: 'secret' } : { type: 'secret', value: item.secret };
    }
    if (part?.endsWith('-client-scopes')) return assign(realm, item, { method, part, id: of });
    if (part === 'protocol-mappers' && method === 'POST') {
      item.protocolMappers = [...((item.protocolMappers ?? []) as unknown[]), { ...body, id: made }];
      return {};
    }
    if (part !== undefined) return undefined;
    // A member that is left out stays as it is.
    if (method === 'PUT') Object.assign(item, body);
    if (method === 'DELETE') items.splice(items.indexOf(item), 1);
    return item;
  }
}

function assign(
  { scopes }: RealmDouble,
  client: Item,
  { method, part, id }: { method: string; part: string; id: string | undefined },
): Answer {
  const name = scopes.find((scope) => scope.id === id)?.name;
  if (name === undefined) return undefined;
  const lists = ['defaultClientScopes', 'optionalClientScopes'] as const;
  const namesIn = (list: (typeof lists)[number]): readonly unknown[] => (client[list] ?? []) as unknown[];
  if (method === 'DELETE') {
    for (const list of lists) client[list] = namesIn(list).filter((one) => one !== name);
  } else if (!lists.some((list) => namesIn(list).includes(name))) {
    const list = part.startsWith('default') ? 'defaultClientScopes' : 'optionalClientScopes';
    client[list] = [...namesIn(list), name];
  }
  return {};
}
