import type { Limit, Policy, Route } from '@portcullis/runtime/policy';
import { admitsMore, limits as limitsInWords } from '../../plan/rules/api/tiers';
import type { Caller, Direction, PolicyChange } from '../change';
import type { Cell } from '../paths/cells';
import { keyOf } from './access';
import type { LetIn } from './both-let-in';
import { heldTo, tierOf, type Held } from './held-to';
import { moreCalls, type MoreCalls } from './more-calls';

/** Looks for calls once for the same limits: many routes of a tier have them. */
export class LimitComparison {
  readonly #known = new Map<string, MoreCalls | undefined>();

  constructor(
    readonly was: Policy,
    readonly will: Policy,
  ) {}

  /** Who can call more often, or less often, than before. */
  changes(cell: Cell, { was, will, caller, who, told }: LetIn): PolicyChange[] {
    const held = { was: heldTo(this.was, was, caller), will: heldTo(this.will, will, caller) };
    if (JSON.stringify(held.was) === JSON.stringify(held.will)) return [];
    const sentence = this.#sentence(was, will, caller);
    const base = { aspect: 'limits', routes: [keyOf(cell)], who: [who], sentence } as const;
    const found = (['widening', 'narrowing'] as const).flatMap((direction): PolicyChange[] => {
      const isWidening = direction === 'widening';
      const after = isWidening ? this.#more(held.was, held.will) : this.#more(held.will, held.was);
      if (after === undefined) return [];
      const { method, path } = cell;
      const answers = answersOf(isWidening);
      return [
        {
          ...base,
          direction,
          grade: this.#gradeOf(direction, caller),
          witness: { method, path, caller, after, ...answers },
        },
      ];
    });
    if (found.length > 0) return found.filter(({ direction }) => direction !== told);
    // No calls of this route alone show it: others of the tier may leave more for it. Graded as a plan does, by the limits.
    const grade = this.#admitsMore(was, will, caller) ? 'danger' : 'notice';
    return [{ ...base, direction: 'other', grade }];
  }

  #more(was: readonly Held[], will: readonly Held[]): MoreCalls | undefined {
    // JSON has no infinity, and null stands for nothing else here.
    const key = JSON.stringify([was, will]);
    if (!this.#known.has(key)) this.#known.set(key, moreCalls(was, will));
    return this.#known.get(key);
  }

  #admitsMore(was: Route, will: Route, caller: Caller): boolean {
    const before = limitsOf(this.was, tierOf(this.was, was, caller));
    const after = limitsOf(this.will, tierOf(this.will, will, caller));
    return admitsMore(before, after) || admitsMore(was.limits ?? [], will.limits ?? []);
  }

  /** A tier that nobody had before is a notice, as in a plan: its clients are still to come. */
  #gradeOf(direction: Direction, caller: Caller): PolicyChange['grade'] {
    if (direction !== 'widening') return 'notice';
    const isNewTier =
      caller.kind === 'token' && caller.tier !== undefined && !Object.hasOwn(this.was.tiers, caller.tier);
    return isNewTier ? 'notice' : 'danger';
  }

  #sentence(was: Route, will: Route, caller: Caller): string {
    const tiers = { was: tierOf(this.was, was, caller), will: tierOf(this.will, will, caller) };
    const words = {
      was: limitsInWords(limitsOf(this.was, tiers.was)),
      will: limitsInWords(limitsOf(this.will, tiers.will)),
    };
    return [
      ...(tiers.was === tiers.will
        ? words.was === words.will
          ? []
          : [`tier ${tiers.will ?? ''}: ${words.was} → ${words.will}`]
        : [`${tierInWords(tiers.was, words.was)} → ${tierInWords(tiers.will, words.will)}`]),
      ...(was.cost === will.cost ? [] : [`costs ${was.cost} → ${will.cost}`]),
      ...ownLimits(was, will),
      ...(was.shadow === will.shadow
        ? []
        : [
            will.shadow
              ? 'goes into shadow: no limit refuses its calls'
              : 'leaves shadow: limits refuse its calls',
          ]),
    ].join('; ');
  }
}

const answersOf = (isWidening: boolean) =>
  isWidening
    ? ({ was: 'rate_limited', will: 'let in' } as const)
    : ({ was: 'let in', will: 'rate_limited' } as const);

function limitsOf(policy: Policy, tier: string | undefined): readonly Limit[] {
  return tier === undefined ? [] : (policy.tiers[tier] ?? []);
}

const tierInWords = (tier: string | undefined, words: string): string =>
  tier === undefined ? 'not counted' : `tier ${tier}: ${words}`;

function ownLimits(was: Route, will: Route): string[] {
  const [from, to] = [limitsInWords(was.limits), limitsInWords(will.limits)];
  return from === to ? [] : [`limits of its own: ${from || 'none'} → ${to || 'none'}`];
}
