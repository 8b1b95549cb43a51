import { VaultProvider } from '@cdktf/provider-vault/lib/provider';
import { describeProblems, type Problem } from '@portcullis/runtime/policy';
import {
  DefaultTokenResolver,
  StringConcat,
  TerraformResource,
  TerraformStack,
  Token,
  Tokenization,
} from 'cdktf';
import type { IConstruct } from 'constructs';
import { ConstructError } from '../core';

/** One thing that a stack makes in Vault, by the name that it has there. */
interface Named {
  readonly construct: IConstruct;
  /** As in `the policy`. */
  readonly what: string;
  readonly name: string;
  /** What tells it apart from everything else on the server. */
  readonly key: string;
}

type Inputs = TerraformResource & Readonly<Record<string, unknown>>;

/** How a kind of resource is named: what it is, where it is, and its name there. */
interface Kind {
  readonly what: string;
  readonly name: string;
  /** The mount that it is in. @default none */
  readonly within?: string;
  /** The name if none was given. */
  readonly fallback?: string;
  /** Vault lower-cases the name. @default false */
  readonly lowerCased?: boolean;
  /** Nothing may be mounted below it, nor above it. @default false */
  readonly mounted?: boolean;
}

/** Raw resources of the provider count too: a company has some beside these constructs. */
const KINDS: Readonly<Record<string, Kind>> = {
  vault_policy: { what: 'the policy', name: 'nameInput', lowerCased: true },
  vault_mount: { what: 'the mount', name: 'pathInput', mounted: true },
  vault_auth_backend: { what: 'the auth method', name: 'pathInput', fallback: 'typeInput', mounted: true },
  vault_jwt_auth_backend: { what: 'the auth method', name: 'pathInput', mounted: true },
  vault_audit: { what: 'the audit device', name: 'pathInput', mounted: true },
  vault_approle_auth_backend_role: {
    what: 'the role',
    name: 'roleNameInput',
    within: 'backendInput',
    lowerCased: true,
  },
  vault_aws_auth_backend_role: {
    what: 'the role',
    name: 'roleInput',
    within: 'backendInput',
    lowerCased: true,
  },
  vault_jwt_auth_backend_role: {
    what: 'the role',
    name: 'roleNameInput',
    within: 'backendInput',
    lowerCased: true,
  },
  vault_database_secret_backend_role: {
    what: 'the database role',
    name: 'nameInput',
    within: 'backendInput',
  },
  vault_database_secret_backend_connection: {
    what: 'the connection',
    name: 'nameInput',
    within: 'backendInput',
  },
  vault_kv_secret_v2: { what: 'the entry', name: 'nameInput', within: 'mountInput' },
};

const checked = new WeakSet<TerraformStack>();

/**
 * Has the synthesis refuse two things of one name in Vault, where the later would overwrite the earlier for ever, or fail.
 * Stacks whose providers name the same address are one server; without an address, each stack has a server of its own.
 *
 * @param scope any construct of the stack.
 */
export function refuseCollisions(scope: IConstruct): void {
  const stack = TerraformStack.of(scope);
  if (checked.has(stack)) return;
  checked.add(stack);
  stack.node.addValidation({
    validate: () => {
      const problems = collisionsOf(stack);
      if (problems.length > 0) {
        throw new ConstructError(
          'ERR_COLLISION',
          stack,
          describeProblems('what it makes in Vault', problems),
        );
      }
      return [];
    },
  });
}

function collisionsOf(stack: TerraformStack): Problem[] {
  const before: Named[] = [];
  return namesOnServerOf(stack).flatMap((named) => {
    const other = before.find(({ key }) => key === named.key || overlap(key, named.key));
    before.push(named);
    if (!other) return [];
    const again =
      other.name === named.name ? 'again' : `, which is as good as ${JSON.stringify(other.name)},`;
    return [
      {
        path: named.construct.node.path,
        message: `received ${named.what} ${JSON.stringify(named.name)} ${again} after ${other.construct.node.path}; expected another name, or one construct for both`,
      },
    ];
  });
}

/** Everything that has a name on the server of `stack`: its own, and that of stacks beside it with the same address. */
function namesOnServerOf(stack: TerraformStack): Named[] {
  const address = addressOf(stack);
  const stacks =
    address === undefined
      ? [stack]
      : stack.node.root.node
          .findAll()
          .filter((one): one is TerraformStack => TerraformStack.isStack(one) && addressOf(one) === address);
  return stacks.flatMap((one) => one.node.findAll().flatMap((construct) => nameOf(one, construct)));
}

/** Address of the server that a stack's provider names, with the namespace; undefined when the environment names it. */
function addressOf(stack: TerraformStack): string | undefined {
  const provider = stack.node.findAll().find((one): one is VaultProvider => one instanceof VaultProvider);
  const address = provider?.addressInput;
  if (address === undefined || Token.isUnresolved(address)) return undefined;
  return `${address.replace(/\/+$/, '')} ${provider?.namespaceInput ?? ''}`;
}

function nameOf(stack: TerraformStack, construct: IConstruct): Named[] {
  if (!TerraformResource.isTerraformResource(construct)) return [];
  const kind = KINDS[construct.terraformResourceType];
  if (!kind) return [];
  const { what, within, fallback = '', lowerCased = false, mounted = false } = kind;
  const inputs = construct as Inputs;
  const name = inputs[kind.name] ?? inputs[fallback];
  if (typeof name !== 'string' || Token.isUnresolved(name)) return [];
  const place = [
    within === undefined ? '' : textOf(stack, inputs[within]),
    textOf(stack, inputs.namespaceInput),
    construct.provider?.fqn ?? '',
  ];
  const same = (lowerCased ? name.toLowerCase() : name).replace(/\/+$/, '');
  const key = [what, ...place, mounted ? `${same}/` : same].join('\n');
  return [{ construct, what, name, key }];
}

/** A reference as it is written: two of one mount are equal then. */
function textOf(scope: IConstruct, value: unknown): string {
  return JSON.stringify(
    Tokenization.resolve(value, { scope, resolver: new DefaultTokenResolver(new StringConcat()) }) ?? '',
  );
}

/** Whether one is mounted below the other: `kv` and `kv/orders`. Keys of mounts end in a slash. */
function overlap(one: string, other: string): boolean {
  if (!one.endsWith('/') || !other.endsWith('/')) return false;
  return one.startsWith(other) || other.startsWith(one);
}
