/** Two things of one name, where there can be one: the later would overwrite the earlier for ever, or its apply would fail. */
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
import { ConstructError } from '../props/errors';

export type Inputs = TerraformResource & Readonly<Record<string, unknown>>;

/** How a kind of resource is named: what it is, where it is, and its name there. Names are those of the class' getters. */
export interface Kind {
  /** As in `the policy`. */
  readonly what: string;
  /** @default none: there is one of its kind */
  readonly name?: string;
  /** The names, of what has several. @default its `name` */
  readonly namesOf?: (resource: Inputs) => readonly string[];
  /** What it is in, such as a mount. @default none */
  readonly within?: string;
  /** The name if none was given. */
  readonly fallback?: string;
  /** Letters of either case are the same. @default false */
  readonly anyCase?: boolean;
  /** Nothing may be mounted below it, nor above it. @default false */
  readonly mounted?: boolean;
}

/** Where names collide: servers of Vault, accounts of AWS. */
export interface Namespace<K extends Kind> {
  /** As in `Vault`. */
  readonly name: string;
  /** By the type of the resource. Raw resources of the provider count too: a company has some beside these constructs. */
  readonly kinds: Readonly<Record<string, K | readonly K[]>>;
  /** Where the resources of a stack are. */
  readonly placesIn: (stack: TerraformStack) => (resource: Inputs, kind: K) => Place;
}

/** Where a resource is. */
export interface Place {
  /** What stacks have in common that are in one place. Undefined where it is not known: then a stack is a place of its own. */
  readonly shared: string | undefined;
  /** A part of it, where names are apart from those in other parts. @default it has none */
  readonly part?: string;
}

/** One thing, by the name that it has. */
interface Named {
  readonly construct: IConstruct;
  readonly what: string;
  readonly name: string;
  /** What tells it apart from everything else. */
  readonly key: string;
}

/**
 * What has the synthesis refuse collisions in one namespace: in each stack that a construct asks it for, and among all
 * stacks of the app.
 */
export function collisionsIn<K extends Kind>(namespace: Namespace<K>): (scope: IConstruct) => void {
  const checked = new WeakSet<TerraformStack>();
  const apps = new WeakSet<IConstruct>();
  return (scope) => {
    const stack = TerraformStack.of(scope);
    if (checked.has(stack)) return;
    checked.add(stack);
    const app = stack.node.root;
    // All stacks are validated, so that one of them looks at all of them, and the others at themselves.
    const looksAtAll = !apps.has(app);
    apps.add(app);
    stack.node.addValidation({
      validate: () => {
        const stacks = looksAtAll ? stacksOf(app) : [stack];
        const problems = collisions(stacks.flatMap((one) => namesIn(one, namespace)));
        if (problems.length > 0) {
          const what = `what it makes in ${namespace.name}`;
          throw new ConstructError('ERR_COLLISION', stack, describeProblems(what, problems));
        }
        return [];
      },
    });
  };
}

function stacksOf(app: IConstruct): TerraformStack[] {
  return app.node.findAll().filter((one): one is TerraformStack => TerraformStack.isStack(one));
}

function collisions(named: readonly Named[]): Problem[] {
  const first = new Map<string, Named>();
  const mounts: Named[] = [];
  return named.flatMap((one) => {
    const isMount = one.key.endsWith('/');
    const other =
      first.get(one.key) ?? (isMount ? mounts.find(({ key }) => overlap(key, one.key)) : undefined);
    if (isMount) mounts.push(one);
    if (!other) {
      first.set(one.key, one);
      return [];
    }
    const which = one.name === '' ? one.what : `${one.what} ${JSON.stringify(one.name)}`;
    const again = other.name === one.name ? 'again' : `, which is as good as ${JSON.stringify(other.name)},`;
    const message = `received ${which} ${again} after ${other.construct.node.path}; expected another name, or one construct for both`;
    return [{ path: one.construct.node.path, message }];
  });
}

function namesIn<K extends Kind>(stack: TerraformStack, { kinds, placesIn }: Namespace<K>): Named[] {
  const placeOf = placesIn(stack);
  return stack.node.findAll().flatMap((construct) => {
    // Of stacks inside of each other, the inner one has it.
    if (!TerraformResource.isTerraformResource(construct) || TerraformStack.of(construct) !== stack)
      return [];
    const resource = construct as Inputs;
    const known = kinds[construct.terraformResourceType] ?? [];
    const all: readonly K[] = isSeveral(known) ? known : [known];
    return all.flatMap((kind) => namesOf(resource, kind, stack, placeOf(resource, kind)));
  });
}

function namesOf(
  construct: Inputs,
  kind: Kind,
  stack: TerraformStack,
  { shared, part = '' }: Place,
): Named[] {
  const { what, within, fallback = '', anyCase = false, mounted = false } = kind;
  const given = kind.name === undefined ? '' : (construct[kind.name] ?? construct[fallback]);
  const inside = within === undefined ? '' : textOf(stack, construct[within]);
  // What a reference stands for is known within its stack alone.
  const isOfStack = shared === undefined || inside.includes('${');
  // Which provider leads to a place that is known does not matter; one that is not known is apart by its provider.
  const somewhere = shared ?? `by ${construct.provider?.alias ?? 'the main provider'}`;
  const place = isOfStack ? `stack ${stack.node.path} ${somewhere}` : shared;
  const names = kind.namesOf?.(construct) ?? [given];
  return names.filter(isName).map((one) => {
    const name = String(one);
    const same = (anyCase ? name.toLowerCase() : name).replace(/\/+$/, '');
    const key = [what, place, part, inside, mounted ? `${same}/` : same].join('\n');
    return { construct, what, name, key };
  });
}

function isSeveral<K>(kinds: K | readonly K[]): kinds is readonly K[] {
  return Array.isArray(kinds);
}

function isName(given: unknown): given is string | number {
  return (typeof given === 'string' || typeof given === 'number') && !Token.isUnresolved(given);
}

/** A reference as it is written: two of one mount are equal then. */
function textOf(scope: IConstruct, value: unknown): string {
  return JSON.stringify(
    Tokenization.resolve(value, { scope, resolver: new DefaultTokenResolver(new StringConcat()) }) ?? '',
  );
}

/** Whether one is mounted below the other: `kv` and `kv/orders`. Keys of mounts end in a slash. */
function overlap(one: string, other: string): boolean {
  return one.startsWith(other) || other.startsWith(one);
}
