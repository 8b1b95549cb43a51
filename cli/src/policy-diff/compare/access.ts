import type { Route } from '@portcullis/runtime/policy';
import type { Grade } from '../../plan/grade';
import type { Answer, Caller, PolicyChange } from '../change';
import type { Cell } from '../paths/cells';

/** How a policy answers a caller's first call of this route. */
function answerTo({ isAmbiguous }: Cell, route: Route | undefined, caller: Caller): Answer {
  if (route === undefined && isAmbiguous) return 'invalid_request';
  if (route?.public === true) return 'let in';
  if (caller.kind === 'nobody') return 'unauthorized';
  if (route === undefined) return 'forbidden';
  return route.scopes.every((scope) => caller.scopes.includes(scope)) ? 'let in' : 'insufficient_scope';
}

const NOBODY: Caller = { kind: 'nobody' };

/**
 * The callers by whom two routes can differ: without a token, and with exactly the scopes that one of them asks for. Who
 * gets in with other scopes has all of these, or those of the other.
 */
function callersOf({ was, will }: Cell): Caller[] {
  const sets = [will?.scopes ?? [], was?.scopes ?? []];
  return [NOBODY, ...sets.map((scopes): Caller => ({ kind: 'token', scopes }))];
}

/** Who is let in that was not, and the reverse. */
export function accessChanges(cell: Cell): PolicyChange[] {
  const { was, will, method, path } = cell;
  const changes: PolicyChange[] = [];
  for (const caller of callersOf(cell)) {
    const answers = { was: answerTo(cell, was, caller), will: answerTo(cell, will, caller) };
    const isWidening = answers.will === 'let in' && answers.was !== 'let in';
    const isNarrowing = answers.was === 'let in' && answers.will !== 'let in';
    if (!isWidening && !isNarrowing) continue;
    const direction = isWidening ? 'widening' : 'narrowing';
    // Whoever has a token can also go without.
    if (changes.some((change) => change.direction === direction)) continue;
    changes.push({
      direction,
      aspect: 'access',
      routes: [keyOf(cell)],
      who: [whoIs(caller)],
      ...(isWidening ? openedBy(cell) : closedBy(cell)),
      witness: { method, path, caller, ...answers },
    });
  }
  return changes;
}

export function keyOf({ method, pattern }: Pick<Cell, 'method' | 'pattern'>): string {
  return `${method} ${pattern}`;
}

function whoIs(caller: Caller): string {
  if (caller.kind === 'nobody') return 'anybody, without a token';
  return caller.scopes.length === 0 ? 'any token' : `tokens with ${caller.scopes.join(', ')}`;
}

type Said = Pick<PolicyChange, 'grade' | 'sentence'>;

function openedBy({ was, will }: Cell): Said {
  const before = was === undefined || was.path === will?.path ? '' : ` (${was.method} ${was.path} before)`;
  const said = (grade: Grade, sentence: string): Said => ({ grade, sentence: `${sentence}${before}` });
  if (will === undefined) return said('danger', 'is let in');
  if (was === undefined) {
    if (will.public) return said('danger', 'new, and public: no token is asked for');
    if (will.scopes.length === 0) return said('danger', 'new, without a scope: any token gets in');
    return said('notice', `new, asks for ${will.scopes.join(', ')}`);
  }
  if (will.public) return said('danger', 'becomes public: no token is asked for');
  if (will.scopes.length === 0) return said('danger', 'has no scope any more: any token gets in');
  return said('danger', `no longer asks for ${without(was, will).join(', ')}`);
}

function closedBy({ was, will }: Cell): Said {
  const sentence =
    will === undefined
      ? 'no longer listed: denied'
      : was?.public === true
        ? 'is no longer public'
        : `asks for ${without(will, was).join(', ')} too`;
  return { grade: 'notice', sentence };
}

function without(route: Route, other: Route | undefined): string[] {
  return route.scopes.filter((scope) => other?.scopes.includes(scope) !== true);
}
