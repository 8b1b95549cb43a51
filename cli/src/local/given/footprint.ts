/** What the stacks make in Vault, read from the synthesized configuration. */
export interface VaultFootprint {
  /** Paths of secrets engines, without slashes at their ends. */
  readonly mounts: readonly string[];
  /** Paths of login methods, without slashes at their ends. */
  readonly authMethods: readonly string[];
  readonly policies: readonly string[];
  /** Roles of databases, which lease users. */
  readonly databaseRoles: readonly string[];
  /** Paths of what is written below mounts and login methods. */
  readonly written: readonly string[];
}

type Resources = Readonly<Record<string, Readonly<Record<string, Attributes>>>>;

/** @param configuration text of a stack's `cdk.tf.json` */
export function footprintOf(configuration: string): VaultFootprint {
  const { resource = {} } = JSON.parse(configuration) as { resource?: Resources };
  const values = (type: string, attribute: string): string[] =>
    Object.values(resource[type] ?? {}).map((one) => String(one[attribute]));
  return {
    mounts: values('vault_mount', 'path'),
    authMethods: values('vault_auth_backend', 'path'),
    policies: values('vault_policy', 'name'),
    databaseRoles: values('vault_database_secret_backend_role', 'name'),
    written: Object.entries(WRITTEN).flatMap(([type, pathOf]) =>
      Object.values(resource[type] ?? {}).map((one) => resolved(pathOf(one), resource)),
    ),
  };
}

type Attributes = Readonly<Record<string, unknown>>;

/** Where the provider writes a resource. */
const WRITTEN: Readonly<Record<string, (resource: Attributes) => string>> = {
  vault_database_secret_backend_connection: ({ backend, name }) =>
    `${String(backend)}/config/${String(name)}`,
  vault_database_secret_backend_role: ({ backend, name }) => `${String(backend)}/roles/${String(name)}`,
  vault_transit_secret_backend_key: ({ backend, name }) => `${String(backend)}/keys/${String(name)}`,
  vault_kv_secret_v2: ({ mount, name }) => `${String(mount)}/data/${String(name)}`,
  vault_approle_auth_backend_role: ({ backend, role_name: name }) =>
    `auth/${String(backend)}/role/${String(name)}`,
  vault_generic_endpoint: ({ path }) => String(path),
};

/** The text with the values of the attributes that it refers to, as in `${vault_mount.kv.path}`. */
function resolved(text: string, resources: Resources): string {
  return text.replace(/\$\{(\w+)\.([\w-]+)\.(\w+)\}/g, (_, type: string, name: string, attribute: string) =>
    String(resources[type]?.[name]?.[attribute]),
  );
}
