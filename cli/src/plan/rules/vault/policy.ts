/** Compares Vault policies path by path: what their tokens may do, not how the text is written. */
import { parse } from '@cdktf/hcl2json';
import type { Change } from '../../change';
import type { Remark } from '../../grade';
import type { Value } from '../../values';
import { harmless } from '../attribute-judges';
import { named, type Rule } from '../rule';

interface PathRule {
  readonly capabilities: readonly string[];
  /** What narrows the rule: parameters, response wrapping. */
  readonly conditions: Readonly<Record<string, string>>;
}

type Document = Readonly<Record<string, PathRule>>;

export const vaultPolicy: Rule = {
  types: ['vault_policy'],
  noun: named('policy', 'name'),
  destroyed: { grade: 'danger', loses: 'whoever has it can no longer do what it allows' },
  attributes: { name: harmless, policy: harmless },
  remarks: async ({ before, after, action }: Change) => {
    if (action === 'delete' || action === 'forget') return [];
    const [was, will] = [await readDocument(before.policy), await readDocument(after.policy)];
    if (will === undefined || was === undefined) {
      return [{ grade: 'unknown', sentence: 'what it allows cannot be read from the plan' }];
    }
    const paths = [...new Set([...Object.keys(was), ...Object.keys(will)])].sort();
    return paths.flatMap((path) => comparePath(path, was[path], will[path]));
  },
};

function comparePath(path: string, was: PathRule | undefined, will: PathRule | undefined): Remark[] {
  const gained = minus(will?.capabilities, was?.capabilities);
  const lost = minus(was?.capabilities, will?.capabilities);
  const remarks: Remark[] = [];
  if (gained.length > 0) {
    remarks.push({
      grade: isPowerful(path, gained) ? 'danger' : 'notice',
      sentence: `gains ${gained.join(', ')} on ${path}`,
    });
  }
  if (lost.length > 0) {
    // Losing `deny` is gaining whatever a wider path allows.
    const grade = lost.includes('deny') ? 'danger' : 'notice';
    remarks.push({ grade, sentence: `loses ${lost.join(', ')} on ${path}` });
  }
  return was && will ? [...remarks, ...compareConditions(path, was, will)] : remarks;
}

function compareConditions(path: string, was: PathRule, will: PathRule): Remark[] {
  const names = [...new Set([...Object.keys(was.conditions), ...Object.keys(will.conditions)])].sort();
  return names.flatMap((name): Remark[] => {
    const [before, after] = [was.conditions[name], will.conditions[name]];
    if (before === after) return [];
    if (after === undefined) return [{ grade: 'danger', sentence: `no longer has ${name} on ${path}` }];
    if (before === undefined) return [{ grade: 'notice', sentence: `now has ${name} ${after} on ${path}` }];
    return [{ grade: 'danger', sentence: `${name} on ${path}: ${before} → ${after}` }];
  });
}

/** Whether capabilities are about more paths than the rule names, or about Vault itself. */
function isPowerful(path: string, capabilities: readonly string[]): boolean {
  return (
    path.includes('*') ||
    path.includes('+') ||
    capabilities.some((capability) => capability === 'sudo' || capability === 'root') ||
    (/^(sys|auth|identity)\//.test(path) &&
      capabilities.some((capability) => capability !== 'read' && capability !== 'list'))
  );
}

async function readDocument(text: Value | undefined): Promise<Document | undefined> {
  if (text === undefined || text === null || text === '') return {};
  if (typeof text !== 'string') return undefined;
  try {
    const parsed = (
      text.trimStart().startsWith('{') ? JSON.parse(text) : await parse('policy.hcl', text)
    ) as {
      path?: Record<string, unknown>;
    };
    return Object.fromEntries(
      Object.entries(parsed.path ?? {}).map(([path, rules]) => [path, toPathRule(rules)]),
    );
  } catch {
    return undefined;
  }
}

/** Blocks of HCL are lists, objects of JSON are not; the same path may have several blocks. */
function toPathRule(rules: unknown): PathRule {
  const blocks = (Array.isArray(rules) ? rules : [rules]) as Record<string, unknown>[];
  const capabilities = blocks.flatMap((block) => (block.capabilities ?? []) as string[]);
  const conditions = blocks.flatMap((block) =>
    Object.entries(block).flatMap(([name, value]) =>
      name === 'capabilities' ? [] : [[name, JSON.stringify(value)] as const],
    ),
  );
  return { capabilities: [...new Set(capabilities)], conditions: Object.fromEntries(conditions) };
}

function minus(some: readonly string[] = [], others: readonly string[] = []): string[] {
  return some.filter((item) => !others.includes(item));
}
