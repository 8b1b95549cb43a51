/**
 * Makes a realm what it has to be, or says what that would change. One walk does both, so that they cannot disagree: it
 * reads what is there, tells each difference, and mends it where it may.
 */
import type {
  KeycloakRealm,
  RealmClient,
  RealmClientScope,
  Representation,
} from '@portcullis/constructs/keycloak';
import type { KeycloakAdmin } from './admin-client';
import { differences, merged } from './differences';
import { asObject, MARK, requireMark } from './mark';

/** One thing that is otherwise than it has to be. */
export interface RealmChange {
  readonly action: 'create' | 'update' | 'remove';
  /** As in `client fintech-web`. */
  readonly subject: string;
  /** For an update, what is otherwise. Never a secret. */
  readonly fields: readonly string[];
}

interface Named extends Representation {
  readonly id: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
}
type Scope = Named & { readonly name: string; readonly protocolMappers?: readonly Mapper[] };
type Mapper = Representation & { readonly id: string; readonly name: string };
type Client = Named & { readonly clientId: string };
type Organisation = Named & { readonly alias: string };

/** What would change. @throws PortcullisError, as {@link applyRealm} */
export function planRealm(admin: KeycloakAdmin, wanted: KeycloakRealm): Promise<readonly RealmChange[]> {
  return new Walk(admin, wanted, false).all();
}

/**
 * Changes what is otherwise, and nothing else. Organisations that the description does not name are left alone: their
 * members would lose them.
 * @returns what was changed
 * @throws PortcullisError `ERR_KEYCLOAK_REFUSED`, `ERR_UNREACHABLE`, and `ERR_SETTING` for a realm that is somebody else's
 */
export function applyRealm(admin: KeycloakAdmin, wanted: KeycloakRealm): Promise<readonly RealmChange[]> {
  return new Walk(admin, wanted, true).all();
}

class Walk {
  private readonly changes: RealmChange[] = [];
  private readonly path: string;
  private readonly mark: Representation;

  constructor(
    private readonly admin: KeycloakAdmin,
    private readonly wanted: KeycloakRealm,
    private readonly applies: boolean,
  ) {
    this.path = `/${encodeURIComponent(wanted.realm)}`;
    this.mark = { [MARK]: wanted.owner };
  }

  /** In an order in which each thing finds what it refers to. */
  async all(): Promise<readonly RealmChange[]> {
    const isThere = await this.realm();
    await this.scopes(isThere);
    await this.organisations(isThere);
    await this.clients(isThere);
    return this.changes;
  }

  /** @returns whether there is one now */
  private async realm(): Promise<boolean> {
    const { admin, path } = this;
    const { realm, settings } = this.wanted;
    const subject = `realm ${realm}`;
    const wanted = { ...settings, attributes: this.mark };
    const actual = await admin.find<Representation>(path);
    if (actual !== undefined) {
      requireMark(actual, `the ${subject}`, this.wanted);
      // Keycloak keeps the members that are left out, but for attributes.
      const body = { ...wanted, attributes: merged(asObject(actual.attributes), this.mark) };
      await this.update(subject, differences(actual, wanted), () => admin.replace(path, body));
      return true;
    }
    await this.change({ action: 'create', subject, fields: [] }, () => admin.create('', wanted));
    return this.applies;
  }

  private async scopes(isThere: boolean): Promise<void> {
    const { admin, wanted } = this;
    const path = `${this.path}/client-scopes`;
    const actual = isThere ? await admin.read<Scope[]>(path) : [];
    for (const scope of wanted.clientScopes) {
      const found = actual.find(({ name }) => name === scope.name);
      // Keycloak makes it with the realm, whose creation says so.
      if (scope.builtIn && !isThere) continue;
      if (found) await this.scope(`${path}/${found.id}`, found, scope);
      else
        await this.create(`client scope ${scope.name}`, path, {
          name: scope.name,
          ...this.marked(scope.settings),
          protocolMappers: scope.mappers,
        });
    }
    await this.removeOthers(
      'client scope',
      path,
      actual,
      ({ name }) => name,
      wanted.clientScopes.map(({ name }) => name),
    );
  }

  private async scope(
    path: string,
    actual: Scope,
    { name, builtIn, settings, mappers }: RealmClientScope,
  ): Promise<void> {
    const { admin } = this;
    if (!builtIn) requireMark(actual, `the client scope ${name}`, this.wanted);
    const wanted = builtIn ? settings : this.marked(settings);
    await this.update(`client scope ${name}`, differences(actual, wanted), () =>
      admin.replace(path, merged(actual, wanted)),
    );
    // They have addresses of their own: written with the scope, Keycloak ignores them.
    const models = `${path}/protocol-mappers/models`;
    for (const mapper of mappers) {
      const subject = `mapper ${mapper.name} of client scope ${name}`;
      const found = actual.protocolMappers?.find((one) => one.name === mapper.name);
      if (!found) await this.create(subject, models, mapper);
      else {
        await this.update(subject, differences(found, mapper), () =>
          admin.replace(`${models}/${found.id}`, merged(found, mapper)),
        );
      }
    }
  }

  private async organisations(isThere: boolean): Promise<void> {
    const { admin, wanted } = this;
    if (wanted.organisations.length === 0) return;
    const path = `${this.path}/organizations`;
    const known = isThere ? await admin.readAll<Organisation>(path) : [];
    for (const { alias, settings } of wanted.organisations) {
      const subject = `organisation ${alias}`;
      const found = known.find((one) => one.alias === alias);
      if (!found) {
        await this.create(subject, path, settings);
        continue;
      }
      // The list leaves its attributes out.
      const actual = await admin.read<Organisation>(`${path}/${found.id}`);
      await this.update(subject, differences(actual, settings), () =>
        admin.replace(`${path}/${found.id}`, merged(actual, settings)),
      );
    }
  }

  private async clients(isThere: boolean): Promise<void> {
    const { admin, wanted } = this;
    const path = `${this.path}/clients`;
    const actual = isThere ? await admin.read<Client[]>(path) : [];
    for (const client of wanted.clients) {
      const { clientId, defaultScopes, optionalScopes } = client;
      const found = actual.find((one) => one.clientId === clientId);
      const settings = this.marked(client.settings);
      const id = found
        ? found.id
        : await this.create(`client ${clientId}`, path, {
            ...settings,
            ...{ defaultClientScopes: defaultScopes, optionalClientScopes: optionalScopes },
          });
      if (found) {
        requireMark(found, `the client ${clientId}`, wanted);
        await this.update(`client ${clientId}`, differences(found, settings), () =>
          // Somebody may have replaced the secret since it was read: it is never written.
          admin.replace(`${path}/${id}`, { ...merged(found, settings), secret: undefined }),
        );
        await this.scopesOf(`${path}/${id}`, found, client);
      }
      if (client.settings.serviceAccountsEnabled !== true) continue;
      await this.membership(id === undefined ? undefined : `${path}/${id}`, client);
    }
    await this.removeOthers(
      'client',
      path,
      actual,
      ({ clientId }) => clientId,
      wanted.clients.map(({ clientId }) => clientId),
    );
  }

  /** Which scopes a client has has an address of its own, too. */
  private async scopesOf(path: string, actual: Client, client: RealmClient): Promise<void> {
    const { admin } = this;
    const known = await admin.read<Scope[]>(`${this.path}/client-scopes`);
    const lists = (
      [
        ['default', client.defaultScopes],
        ['optional', client.optionalScopes],
      ] as const
    ).map(([kind, names]) => {
      const present = (actual[`${kind}ClientScopes`] ?? []) as readonly string[];
      const missing = names.filter((name) => !present.includes(name));
      const surplus = present.filter((name) => !names.includes(name));
      const at = (name: string): string =>
        `${path}/${kind}-client-scopes/${known.find((scope) => scope.name === name)?.id ?? encodeURIComponent(name)}`;
      return {
        fields: [
          ...missing.map((name) => `+ ${kind} scope ${name}`),
          ...surplus.map((name) => `- ${kind} scope ${name}`),
        ],
        ...{ missing: missing.map(at), surplus: surplus.map(at) },
      };
    });
    const fields = lists.flatMap((list) => list.fields);
    await this.update(`client ${client.clientId}`, fields, async () => {
      // Keycloak ignores the addition of a scope that is in either list: both lists lose theirs first.
      for (const scope of lists.flatMap(({ surplus }) => surplus)) await admin.remove(scope);
      for (const scope of lists.flatMap(({ missing }) => missing)) await admin.replace(scope);
    });
  }

  /** The client's own user belongs to the client's organisation, and to no other. */
  private async membership(
    client: string | undefined,
    { clientId, organisation }: RealmClient,
  ): Promise<void> {
    const { admin } = this;
    const organisations = `${this.path}/organizations`;
    const user =
      client === undefined ? undefined : await admin.find<{ id: string }>(`${client}/service-account-user`);
    const present = user
      ? await admin.read<Organisation[]>(`${organisations}/members/${user.id}/organizations`)
      : [];
    const surplus = present.filter(({ alias }) => alias !== organisation);
    const isMissing = organisation !== undefined && !present.some(({ alias }) => alias === organisation);
    const fields = [
      ...(isMissing ? [`+ member of ${organisation}`] : []),
      ...surplus.map(({ alias }) => `- member of ${alias}`),
    ];
    await this.update(`client ${clientId}`, fields, async () => {
      if (user === undefined) return;
      for (const { id } of surplus) await admin.remove(`${organisations}/${id}/members/${user.id}`);
      if (!isMissing) return;
      const known = await admin.readAll<Organisation>(organisations);
      const { id } = known.find(({ alias }) => alias === organisation) ?? {};
      await admin.create(`${organisations}/${id ?? ''}/members`, user.id);
    });
  }

  /** What we made, and what nobody describes any more. */
  private async removeOthers<T extends Named>(
    kind: string,
    path: string,
    actual: readonly T[],
    nameOf: (one: T) => string,
    wanted: readonly string[],
  ): Promise<void> {
    const others = actual.filter(
      (one) => one.attributes?.[MARK] === this.wanted.owner && !wanted.includes(nameOf(one)),
    );
    for (const one of others) {
      await this.change({ action: 'remove', subject: `${kind} ${nameOf(one)}`, fields: [] }, () =>
        this.admin.remove(`${path}/${one.id}`),
      );
    }
  }

  private marked(settings: Representation): Representation {
    return { ...settings, attributes: { ...asObject(settings.attributes), ...this.mark } };
  }

  /** @returns its ID; undefined where nothing is applied */
  private async create(subject: string, path: string, body: unknown): Promise<string | undefined> {
    return this.change({ action: 'create', subject, fields: [] }, () => this.admin.create(path, body));
  }

  private async update(
    subject: string,
    fields: readonly string[],
    apply: () => Promise<void>,
  ): Promise<void> {
    if (fields.length > 0) await this.change({ action: 'update', subject, fields }, apply);
  }

  private async change<T>(change: RealmChange, apply: () => Promise<T>): Promise<T | undefined> {
    const result = this.applies ? await apply() : undefined;
    this.changes.push(change);
    return result;
  }
}
