/** Compares Vault policies path by path: what their tokens may do, not how the text is written. */
import type { Remark } from '../grade';
import { isNothing, type Value } from '../values';
import { readVaultDocument, type PathRule, type VaultDocument } from './vault-document';

/** What a change of a policy's text lets its tokens do, or no longer. Null is a text that was not there. */
export async function compareVaultPolicies(
  before: Value | undefined,
  after: Value | undefined,
): Promise<Remark[]> {
  const [was, will] = [await documentOf(before), await documentOf(after)];
  if (will === undefined || was === undefined) {
    return [{ grade: 'unknown', sentence: 'what it allows cannot be read from the plan' }];
  }
  const paths = [...new Set([...was.keys(), ...will.keys()])].sort();
  return paths.flatMap((path) => comparePath(path, was.get(path), will.get(path)));
}

async function documentOf(text: Value | undefined): Promise<VaultDocument | undefined> {
  if (isNothing(text)) return new Map();
  return typeof text === 'string' ? readVaultDocument(text) : undefined;
}

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
    if (before === undefined) return [{ grade: 'notice', sentence: `now has ${name} on ${path}` }];
    return [{ grade: 'danger', sentence: `another ${name} on ${path}` }];
  });
}

/** Vault itself, and who logs in; in a namespace too, and behind the slash that Vault takes away. */
const ITSELF = /^\/*([\w-]+\/)?(sys|auth|identity)\//;

/** Paths of engines that say what their users may do, whom they trust and which keys they have. */
const DECIDES = /^\/*[\w-]+\/((static-)?roles?|config|root|issuers?|keys)\//;

/** What is read there is every secret, or a key that was to stay. */
const GIVES_AWAY = /(^|\/)(sys\/(raw|storage)|export|backup)\//;

/** Whether capabilities are about more paths than the rule names, or about what Vault itself decides by. */
function isPowerful(path: string, capabilities: readonly string[]): boolean {
  const writes = capabilities.some((capability) => !/^(read|list|scan|deny|subscribe)$/.test(capability));
  return (
    /[*+]/.test(path) ||
    capabilities.some((capability) => capability === 'sudo' || capability === 'root') ||
    (writes && (ITSELF.test(path) || DECIDES.test(path))) ||
    (capabilities.includes('read') && GIVES_AWAY.test(path))
  );
}

function minus(some: readonly string[] = [], others: readonly string[] = []): string[] {
  return some.filter((item) => !others.includes(item));
}
