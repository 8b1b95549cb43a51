/** Which tokens are taken at all: whose, for whom, and how long they live. */
import type { Policy, Route } from '@portcullis/runtime/policy';
import { duration } from '../../plan/rules/attribute-judges';
import type { Direction, PolicyChange, TokenCaller, Witness } from '../change';
import type { Cell } from '../paths/cells';

interface Policies {
  readonly was: Policy;
  readonly will: Policy;
}

export function tokenChanges(policies: Policies, cells: readonly Cell[]): PolicyChange[] {
  return [
    ...trustChanges(policies, cells, 'issuer'),
    ...trustChanges(policies, cells, 'audience'),
    ...accessTokenChanges(policies, cells),
    ...otherLifetimes(policies),
  ];
}

/** Tokens of another issuer come in, and those of the one before stay out. */
function trustChanges(
  { was, will }: Policies,
  cells: readonly Cell[],
  aspect: 'issuer' | 'audience',
): PolicyChange[] {
  if (was[aspect] === will[aspect]) return [];
  const sentence = `trusts tokens of another ${aspect}: ${was[aspect]} → ${will[aspect]}`;
  return (['widening', 'narrowing'] as const).flatMap((direction): PolicyChange[] => {
    const accepting = direction === 'widening' ? will : was;
    const other = aspect === 'issuer' ? 'audience' : 'issuer';
    const witness = tokenWitness(direction, cells, {
      [aspect]: accepting[aspect],
      [other]: accepting[other],
    });
    return witness === undefined
      ? []
      : [
          {
            direction,
            aspect,
            grade: direction === 'widening' ? 'danger' : 'notice',
            routes: [],
            who: [`tokens of ${accepting[aspect]}`],
            sentence,
            witness,
          },
        ];
  });
}

function accessTokenChanges({ was, will }: Policies, cells: readonly Cell[]): PolicyChange[] {
  const [before, after] = [was.lifetimes.accessTokenSeconds, will.lifetimes.accessTokenSeconds];
  if (before === after) return [];
  const direction = after > before ? 'widening' : 'narrowing';
  const longest = Math.max(before, after);
  const witness = tokenWitness(direction, cells, { lifetimeSeconds: longest });
  if (witness === undefined) return [];
  return [
    {
      direction,
      aspect: 'lifetime',
      grade: direction === 'widening' ? 'danger' : 'notice',
      routes: [],
      who: [`tokens that live ${duration(longest)}`],
      sentence: `longest life of access tokens ${duration(before)} → ${duration(after)}`,
      witness,
    },
  ];
}

/** A request with a token that one policy takes and the other refuses, whatever its scopes are. */
function tokenWitness(
  direction: Direction,
  cells: readonly Cell[],
  token: Omit<TokenCaller, 'kind' | 'scopes'>,
): Witness | undefined {
  const isWidening = direction === 'widening';
  const asks = (route: Route | undefined): boolean => route?.public === false;
  const [here, there] = isWidening ? (['will', 'was'] as const) : (['was', 'will'] as const);
  const possible = cells.filter(
    (cell) => asks(cell[here]) && cell[there]?.public !== true && !cell.isAmbiguous,
  );
  // Best where nothing but the token differs.
  const cell = possible.find((one) => asks(one[there])) ?? possible[0];
  if (cell === undefined) return undefined;
  const scopes = [...new Set([...(cell.will?.scopes ?? []), ...(cell.was?.scopes ?? [])])];
  const refused = 'invalid_token';
  return {
    method: cell.method,
    path: cell.path,
    caller: { kind: 'token', scopes, ...token },
    was: isWidening ? refused : 'let in',
    will: isWidening ? 'let in' : refused,
  };
}

/** No request to the API shows these: a session's is its login's age, a credential is the service's own. */
const LIFETIMES = {
  sessionSeconds: ['longest life of sessions', 'who has logged in'],
  credentialSeconds: ['life of leased credentials', 'whoever holds a leased credential'],
  rotateAtSeconds: ['age at which credentials rotate', 'whoever holds a leased credential'],
} as const;

function otherLifetimes({ was, will }: Policies): PolicyChange[] {
  return Object.entries(LIFETIMES).flatMap(([name, [label, who]]): PolicyChange[] => {
    const [before, after] = [was, will].map(({ lifetimes }) => lifetimes[name as keyof typeof LIFETIMES]) as [
      number,
      number,
    ];
    if (before === after) return [];
    return [
      {
        direction: after > before ? 'widening' : 'narrowing',
        aspect: 'lifetime',
        grade: after > before ? 'danger' : 'notice',
        routes: [],
        who: [who],
        sentence: `${label} ${duration(before)} → ${duration(after)}`,
      },
    ];
  });
}
