/**
 * The text of a Vault policy, read as Vault reads it: HCL or JSON, capabilities or the older shorthand.
 * https://developer.hashicorp.com/vault/docs/concepts/policies
 */
import { namesTwice } from '../names-twice';
import { isRecord } from '../values';

export interface PathRule {
  readonly capabilities: readonly string[];
  /** What narrows the rule: parameters, response wrapping. */
  readonly conditions: Readonly<Record<string, string>>;
}

export type VaultDocument = ReadonlyMap<string, PathRule>;

/** What `policy = "…"` stands for (Vault's `vault/policy.go`). */
const SHORTHAND: ReadonlyMap<unknown, readonly string[]> = new Map([
  ['deny', ['deny']],
  ['read', ['read', 'list']],
  ['write', ['create', 'read', 'update', 'delete', 'list']],
  ['sudo', ['create', 'read', 'update', 'delete', 'list', 'sudo']],
]);

const CAPABILITIES: ReadonlySet<string> = new Set([
  ...[
    'deny',
    'create',
    'read',
    'update',
    'delete',
    'list',
    'scan',
    'sudo',
    'patch',
    'subscribe',
    'root',
    'recover',
  ],
]);

/** What may stand beside the capabilities of a path. Vault and OpenBao refuse a policy with anything else. */
const CONDITIONS: ReadonlySet<string> = new Set([
  ...[
    'allowed_parameters',
    'denied_parameters',
    'required_parameters',
    'min_wrapping_ttl',
    'max_wrapping_ttl',
  ],
  ...['control_group', 'mfa_methods', 'subscribe_event_types', 'expiration', 'comment', 'pagination_limit'],
  ...['response_keys_filter_path', 'list_scan_response_keys_filter_path'],
]);

/** Whether a text looks as if it were meant to be a policy of Vault. */
export function looksLikeVaultPolicy(text: string): boolean {
  return /\bpath\b[\s\S]*\b(capabilities|policy)\b/.test(text);
}

/** @returns undefined where any part of the text is not understood: it may grant what nobody sees. */
export async function readVaultDocument(text: string): Promise<VaultDocument | undefined> {
  try {
    const isJson = text.trimStart().startsWith('{');
    if (isJson && namesTwice(text)) return undefined;
    const parsed: unknown = isJson ? JSON.parse(text) : await parseHcl(text);
    if (!isRecord(parsed) || Object.keys(parsed).some((name) => name !== 'path' && name !== 'name'))
      return undefined;
    return merged(pathsOf(parsed.path));
  } catch {
    return undefined;
  }
}

/** Loaded for the first policy: a fifth of what the command loads, and most plans change none. */
async function parseHcl(text: string): Promise<unknown> {
  const { parse } = await import('@cdktf/hcl2json');
  return parse('policy.hcl', text);
}

/** A path and its blocks, one entry a block. JSON has one object for all paths, or a list of such objects. */
function pathsOf(paths: unknown): [path: string, rules: unknown][] {
  if (paths === undefined) return [];
  if (Array.isArray(paths)) return paths.flatMap(pathsOf);
  return Object.entries(understood(paths)).flatMap(([path, rules]) =>
    (Array.isArray(rules) ? (rules as unknown[]) : [rules]).map((rule): [string, unknown] => [path, rule]),
  );
}

function merged(entries: readonly [string, unknown][]): VaultDocument {
  const document = new Map<string, PathRule>();
  for (const [path, block] of entries) {
    const rule = toPathRule(understood(block));
    const before = document.get(path);
    document.set(path, {
      capabilities: [...new Set([...(before?.capabilities ?? []), ...rule.capabilities])].sort(),
      conditions: before === undefined ? rule.conditions : shared(before.conditions, rule.conditions),
    });
  }
  return document;
}

/** Two blocks of one path grant what either does: only what narrows both of them narrows the path. */
function shared(one: PathRule['conditions'], other: PathRule['conditions']): PathRule['conditions'] {
  return Object.fromEntries(Object.entries(one).filter(([name, value]) => other[name] === value));
}

function toPathRule(block: Record<string, unknown>): PathRule {
  const conditions: [string, string][] = [];
  const capabilities: string[] = [];
  for (const [name, value] of Object.entries(block)) {
    if (name === 'policy') capabilities.push(...(SHORTHAND.get(value) ?? refuse()));
    else if (name === 'capabilities') capabilities.push(...capabilitiesOf(value));
    else if (CONDITIONS.has(name)) conditions.push([name, JSON.stringify(value)]);
    else refuse();
  }
  return { capabilities, conditions: Object.fromEntries(conditions) };
}

function capabilitiesOf(value: unknown): string[] {
  if (!Array.isArray(value)) return refuse();
  return (value as unknown[]).map((item) =>
    typeof item === 'string' && CAPABILITIES.has(item) ? item : refuse(),
  );
}

function understood(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : refuse();
}

function refuse(): never {
  throw new TypeError('a part of a policy that is not understood');
}
