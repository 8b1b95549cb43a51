import { z } from 'zod';
import { PortcullisError } from '../errors';
import type { Lending } from '../secrets/end-leases';

const schema = z.object({
  resource_changes: z
    .array(
      z.object({
        type: z.string(),
        change: z.object({
          actions: z.array(z.string()),
          before: z.record(z.string(), z.unknown()).nullish(),
        }),
      }),
    )
    .default([]),
});

/**
 * The mounts and connections that a plan destroys, and that lend users of databases.
 *
 * @param plan as the engine's `show -json` prints it.
 */
export function doomedLending(plan: string): Lending[] {
  const destroyed = schema
    .parse(JSON.parse(plan))
    .resource_changes.filter(({ change }) => change.actions.includes('delete'))
    .map(({ type, change: { actions, before } }) => ({
      type,
      before: before ?? {},
      forGood: !actions.includes('create'),
    }));
  const all = (type: string) => destroyed.filter((one) => one.type === type);
  const mounts = all('vault_mount').flatMap(({ before: { type, path } }) =>
    type === 'database' && typeof path === 'string' ? [path] : [],
  );
  const roles = new Set(
    all('vault_database_secret_backend_role').flatMap(({ before: { backend, name }, forGood }) =>
      forGood ? [`${String(backend)} ${String(name)}`] : [],
    ),
  );
  const connections = all('vault_database_secret_backend_connection').flatMap(
    ({ before: { backend, name } }) =>
      typeof backend === 'string' && typeof name === 'string' && !mounts.includes(backend)
        ? [{ mount: backend, connection: name }]
        : [],
  );
  return [...mounts.map((mount) => ({ mount })), ...connections].map((lending) => ({
    ...lending,
    removes: (role: string) => roles.has(`${lending.mount} ${role}`),
  }));
}

const providersSchema = z.object({
  provider: z
    .object({
      vault: z
        .array(z.object({ address: z.string().optional(), namespace: z.string().optional() }))
        .default([]),
    })
    .optional(),
});

/**
 * Refuses a stack whose provider goes to another Vault than the command would: roles of the same names may be there.
 *
 * @param configuration the text of `cdk.tf.json`.
 * @throws PortcullisError `ERR_SETTING`
 */
export function refuseOtherVault(
  configuration: string,
  { VAULT_ADDR, VAULT_NAMESPACE }: NodeJS.ProcessEnv,
): void {
  const { provider } = providersSchema.parse(JSON.parse(configuration));
  for (const { address = VAULT_ADDR, namespace = VAULT_NAMESPACE } of provider?.vault ?? []) {
    if (address === VAULT_ADDR && namespace === VAULT_NAMESPACE) continue;
    throw new PortcullisError(
      'ERR_SETTING',
      'the stack destroys what lends users of databases, in a Vault that its provider names itself',
      'set VAULT_ADDR and VAULT_NAMESPACE to what the provider has, so that the leases end first',
    );
  }
}
