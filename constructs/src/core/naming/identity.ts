/**
 * What a resource is known by, for the engine: its physical name, as in `vault_mount.secret`.
 *
 * cdktf derives the logical ID of a resource from the place of its construct in the tree. A construct that gets another
 * ID or another parent is then another resource, and the engine destroys what is there and creates it anew. So each
 * construct says by which name its thing is known: the path of a mount, the mount and the name of a role, the name of a
 * store. Renaming or moving a construct changes nothing then.
 *
 * States that were made before have the IDs that cdktf derived. A `moved` block leads from each of them to the new one.
 * It does nothing where there is nothing at the old address.
 *
 * https://opentofu.org/docs/language/modules/develop/refactoring/
 */
import { TerraformElement, TerraformResource, TerraformStack, Token } from 'cdktf';
import { describeProblems } from '@portcullis/runtime/policy';
import { createHash } from 'node:crypto';
import type { IConstruct, Node } from 'constructs';
import { ConstructError } from '../props/errors';

/**
 * Makes `construct`, and all resources below it, known by a physical name. Of constructs inside each other the innermost
 * name counts.
 *
 * @param name its parts, as in `'database', 'orders-role'`. While one is known only at the apply, the place in the tree
 *   stays what counts.
 * @returns the construct.
 *
 * @example
 * knownAs(new PolicyRecord(this, 'record', { policy }), 'orders'); // terraform_data.orders__record, wherever it moves
 */
export function knownAs<T extends IConstruct>(construct: T, ...name: readonly string[]): T {
  if (name.every((part) => typeof part === 'string' && !Token.isUnresolved(part))) {
    identitiesOf(TerraformStack.of(construct)).names.set(construct, name);
  }
  return construct;
}

const identities = new WeakMap<TerraformStack, Identities>();

function identitiesOf(stack: TerraformStack): Identities {
  const known = identities.get(stack) ?? new Identities(stack, 'portcullis-identities');
  identities.set(stack, known);
  return known;
}

/** The physical names of one stack. As an element it adds its `moved` blocks, and refuses two things of one name. */
class Identities extends TerraformElement {
  readonly names = new WeakMap<IConstruct, readonly string[]>();
  private readonly byPlace: (element: TerraformElement | Node) => string;

  constructor(
    private readonly stack: TerraformStack,
    id: string,
  ) {
    super(stack, id);
    // A resource asks its stack for its ID, when something refers to it for the first time.
    this.byPlace = stack.getLogicalId.bind(stack);
    stack.getLogicalId = (element) => this.byName(element) ?? this.byPlace(element);
    this.node.addValidation({ validate: () => this.refuseTwins() });
  }

  override toTerraform(): object {
    const moved = this.resources().flatMap((resource) => {
      if (this.byName(resource) !== resource.friendlyUniqueId) return [];
      const from = addressOf(resource, this.byPlace(resource));
      const to = addressOf(resource, resource.friendlyUniqueId);
      return from === to ? [] : [{ from, to }];
    });
    return moved.length > 0 ? { moved } : {};
  }

  /** Undefined for what has no physical name. Outputs and variables keep their IDs: people know them by these. */
  private byName(element: TerraformElement | Node): string | undefined {
    const isElement = TerraformElement.isTerraformElement(element);
    if (isElement && !TerraformResource.isTerraformResource(element)) return undefined;
    const node = isElement ? element.node : element;
    const scopes = [...node.scopes].reverse();
    const index = scopes.findIndex((scope) => this.names.has(scope));
    const scope = scopes[index];
    if (scope === undefined) return undefined;
    const inside = scopes.slice(0, index).reverse();
    return logicalId([...(this.names.get(scope) ?? []), ...inside.map((one) => one.node.id)]);
  }

  /** cdktf would merge two resources of one ID into one, without a word. */
  private refuseTwins(): string[] {
    const first = new Map<string, TerraformResource>();
    const problems = this.resources().flatMap((resource) => {
      const address = addressOf(resource, resource.friendlyUniqueId);
      const other = first.get(address);
      if (!other) {
        first.set(address, resource);
        return [];
      }
      const message = `received what ${other.node.path} is: both are ${address}; expected another name, or one construct for both`;
      return [{ path: resource.node.path, message }];
    });
    if (problems.length > 0) {
      throw new ConstructError('ERR_COLLISION', this.stack, describeProblems('what it makes', problems));
    }
    return [];
  }

  private resources(): TerraformResource[] {
    return this.stack.node
      .findAll()
      .filter((one): one is TerraformResource => TerraformResource.isTerraformResource(one))
      .filter((one) => TerraformStack.of(one) === this.stack);
  }
}

function addressOf({ terraformResourceType }: TerraformResource, id: string): string {
  return `${terraformResourceType}.${id}`;
}

/** Names whose ID can be read: single "-" and "_" inside, "/" between segments. */
const READABLE = /^[a-z0-9]+([-_/][a-z0-9]+)*$/i;

/**
 * Two names never have one ID: parts are joined by `__`, and `/` is written `--`, which no readable part has. What is not
 * readable brings a hash of itself along.
 */
function logicalId(parts: readonly string[]): string {
  const id = parts.map(readable).join('__');
  return /^\d/.test(id) ? `_${id}` : id;
}

function readable(part: string): string {
  if (READABLE.test(part)) return part.replaceAll('/', '--');
  const hash = createHash('sha256').update(part).digest('hex').slice(0, 8);
  return `${part
    .replace(/[^a-z0-9]+/gi, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 80)}_${hash}`;
}
