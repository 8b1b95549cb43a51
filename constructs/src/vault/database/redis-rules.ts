import type { Problem } from '@portcullis/runtime/policy';
import { isList } from '../../core/props/checks';
import { known } from '../../core/props/later';
import { KNOWN_CATEGORIES, KNOWN_COMMANDS } from './redis-commands';

/** A pattern of keys or of channels. It begins with text that stands for itself, and so cannot mean everything. */
const PATTERN = /^(~|%R~|%W~|%RW~|&)[\w:.{}/@#=,-]+[\w:.{}/@#=,*?-]*$/;

/** A command or a category that is taken away: whatever it is, the user may do less. */
const TAKEN_AWAY = /^-@?[a-z][a-z0-9_.|-]*$/;

/**
 * Everything that is wrong with the ACL rules of a leased user. A rule is a pattern, a command or a category that is known;
 * nothing else is. So no rule can set a password or none, make everything of something (`allkeys`, `~**`, `+@all`), begin a
 * selector, or let the user give itself more (`+acl|setuser`, `+@admin`).
 *
 * https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/
 */
export function aclProblems(path: string, rules: readonly string[]): Problem[] {
  if (!isList(rules) || rules.length === 0) {
    return [{ path, message: 'received no ACL rules; expected a list, as ["~orders:*", "+get"]' }];
  }
  const unknown = known(path, rules, 'each is held against what Redis can do');
  if (unknown.length > 0) return unknown;
  return rules.flatMap((rule, index) => {
    const expected = expectedInstead(rules, index);
    if (expected === undefined) return [];
    return [{ path: `${path}[${index}]`, message: `received ${shownRule(rule)}; expected ${expected}` }];
  });
}

/** What a rule should be, unless it is all right. */
function expectedInstead(rules: readonly string[], index: number): string | undefined {
  const rule = rules[index] as unknown;
  if (typeof rule !== 'string') return 'a text';
  if (/^[~%&]/.test(rule)) {
    return PATTERN.test(rule)
      ? undefined
      : 'a pattern that begins with text of its own, as in ~orders:* or &orders:*';
  }
  if (rule === 'resetkeys' || rule === 'resetchannels' || TAKEN_AWAY.test(rule)) return undefined;
  if (rule.startsWith('+@')) return categoryInstead(rules, index, rule.slice(2));
  if (rule.startsWith('+')) {
    return KNOWN_COMMANDS.has(rule.slice(1))
      ? undefined
      : 'a command, in lower case, that stays within the keys of its user and administers nothing; of commands with parts, a part, as in +script|load';
  }
  return 'one of ~pattern, &pattern, +command, +@category, -command, -@category, resetkeys and resetchannels';
}

function categoryInstead(rules: readonly string[], index: number, category: string): string | undefined {
  if (!Object.hasOwn(KNOWN_CATEGORIES, category)) {
    return `commands by name, or one of the categories ${Object.keys(KNOWN_CATEGORIES).join(', ')}`;
  }
  const behind = rules.slice(index + 1);
  const missing = (KNOWN_CATEGORIES[category] ?? []).filter((taken) => !behind.includes(taken));
  return missing.length === 0
    ? undefined
    : `${missing.join(' and ')} behind it, which takes away what is dangerous`;
}

/** A rule that is no permission may be a password, and is not shown. */
function shownRule(rule: unknown): string {
  const harmless = typeof rule === 'string' && /^([~&]|%[RW]+~|[+-]@?)[\w:.{}*?|@-]{0,64}$/.test(rule);
  return harmless ? JSON.stringify(rule) : 'what is no permission, and is not shown';
}
