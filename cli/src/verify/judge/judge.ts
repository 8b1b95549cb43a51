/** What exchanges say of an API: a function of them and of the policy alone. */
import type { Policy } from '@portcullis/runtime/policy';
import { CHECKS, type CheckName, type Result } from '../checks';
import type { Omitted } from '../probes/probe';
import { answerOf, byCounter, type Answer, type Exchange } from '../target/exchange';
import type { Handshake } from '../target/handshake';
import { corsProblem } from './cors';
import { remarksOn, type Remark } from './every-answer';
import { isHttpApis } from './gateway';
import { Ledger } from './ledger';
import { judgeLimits, withRepeats } from './limits';
import { bodyOf, isRefusal, refusalProblem } from './refusals';

interface Observed {
  readonly exchanges: readonly Exchange[];
  readonly omitted: readonly Omitted[];
  /** Missing: plain http on this machine. */
  readonly tls?: Handshake | undefined;
}

export function judge(policy: Policy, { exchanges, omitted, tls }: Observed): Result[] {
  const isTls = tls !== undefined;
  const stated = limitsIn(exchanges);
  const each = exchanges.flatMap((exchange) => {
    // What is asked as each tier is about its limits alone: whether it is let in is asked elsewhere.
    const decided = exchange.probe.check === 'limits' ? [] : [main(policy, exchange)];
    return [...decided, ...(stated.get(exchange) ?? [])];
  });
  const general: readonly CheckName[] = ['answer', 'echo', 'headers', ...(isTls ? (['tls'] as const) : [])];
  const deviating = new Set(
    each.filter(({ outcome }) => outcome === 'deviates').map(({ subject }) => subject),
  );
  const remarks = exchanges.flatMap((exchange) => {
    const { subject } = exchange.probe;
    // Of what is decided otherwise, the words are otherwise, too.
    const words = deviating.has(subject) ? [] : wording(exchange);
    const others = [exchange, ...(exchange.again ?? [])].flatMap((one) => remarksOn(one, isTls));
    return [...words, ...others].map((remark) => ({ ...remark, subject }));
  });
  const left = omitted.map(({ reason, ...of }): Result => ({
    ...of,
    outcome: 'unverified',
    sentence: reason,
  }));
  return followed([
    ...withoutProof(each),
    ...left,
    ...general.flatMap((check) => gathered(check, remarks, exchanges.some(LOOKED_AT[check] ?? isAnswered))),
    ...(tls ? [ofHandshake(tls)] : []),
  ]);
}

/** Whether the API decided as the policy does. */
function main(policy: Policy, exchange: Exchange): Result {
  const { probe } = exchange;
  const { check, subject, expected } = probe;
  const say = (outcome: Result['outcome'], sentence: string): Result => ({
    check,
    subject,
    outcome,
    sentence,
  });
  const answer = answerOf(exchange);
  if (answer === undefined)
    return say('unverified', `no answer: ${'failed' in exchange.answer ? exchange.answer.failed : ''}`);
  const { status } = answer;
  const isUnclear = status === 429 || status >= 500;
  const letIn = (): Result => say('deviates', `is let in with ${status}; the policy refuses it`);

  if (expected.is === 'cors') {
    if (isUnclear) return say('unverified', `answered ${status}`);
    const problem = corsProblem(policy, probe.target, expected, answer);
    return problem === undefined ? say('verified', `answered ${status}`) : say('deviates', problem);
  }
  if (isUnclear && status !== 501) return say('unverified', `answered ${status}, which tells neither`);
  if (expected.is === 'refused') {
    if (isRefusal(answer)) return say('verified', `refused with ${status}`);
    return status >= 300 && status <= 399 ? say('unverified', `redirected with ${status}`) : letIn();
  }
  if (expected.is === 'theirs')
    return status < 300
      ? say('verified', `the own one is served with ${status}`)
      : say('unverified', `the own one is answered with ${status}, so the pair proves nothing`);
  if (expected.is === 'not theirs') {
    if (status === 403 || status === 404) return say('verified', `refused with ${status}`);
    return status < 300
      ? say('deviates', `another organisation's is served with ${status}`)
      : say('unverified', `answered ${status}, which tells neither`);
  }

  const { decision } = expected;
  if (decision.is === 'let in') {
    if (status === 401) return say('deviates', 'is refused with 401; the policy lets it in');
    if (status === 403)
      return ['insufficient_scope', 'forbidden'].includes(String(bodyOf(answer)?.error))
        ? say('deviates', 'is refused with 403; the policy lets it in')
        : say('unverified', 'answered 403, in words of its own');
    return say('verified', `let in, answered ${status}`);
  }
  if (status >= 300 && status <= 399) return say('unverified', `redirected with ${status}`);
  if (decision.is === 'insufficient scope') {
    const left = decision.route.scopes.filter((scope) => exchange.granted?.includes(scope) !== true);
    if (left.length === 0)
      return say('unverified', 'the token has the scope all the same: the client cannot leave it out');
    if (status === 403) return say('verified', `refused without ${left.join(', ')}`);
    return status === 401
      ? say('unverified', 'the token is refused with 401, whatever its scopes')
      : say('deviates', `is let in with ${status} without the scope ${left.join(', ')}`);
  }
  if (decision.is === 'unlisted') {
    if (status === 401) return say('unverified', 'the token is refused with 401');
    return isRefusal(answer) ? say('verified', `refused with ${status}`) : letIn();
  }
  // Nobody else than the app behind the policy says that what a listed route names is not found.
  return status === 401 || status === 403 ? say('verified', `refused with ${status}`) : letIn();
}

/** The words of a refusal, where the policy's own are promised. */
function wording(exchange: Exchange): Remark[] {
  const { probe, granted } = exchange;
  const answer = answerOf(exchange);
  if (probe.expected.is !== 'decision' || answer === undefined) return [];
  const { decision } = probe.expected;
  const isAnswered = isRefusal(answer) || (answer.status >= 300 && answer.status <= 399);
  if (decision.is === 'let in' || !isAnswered || isHttpApis(answer)) return [];
  // Who serves a path may know its methods, and refuses others in HTTP's own words (RFC 9110 §15.5.6).
  if (decision.is === 'unlisted' && answer.status === 405 && answer.headers.allow !== undefined) return [];
  const problem = refusalProblem(decision, answer, probe.method === 'HEAD', granted);
  return problem === undefined ? [] : [{ check: 'answer', sentence: problem }];
}

/** So many answers tell whether one that says that less is left evens out. */
const FOLLOWING = 3;

/** What each exchange says of limits, after those before it of the same counter. */
function limitsIn(exchanges: readonly Exchange[]): ReadonlyMap<Exchange, readonly Result[]> {
  const results = byCounter(exchanges, ({ probe }) => probe).flatMap((lane) => {
    const ledger = new Ledger();
    return lane.map((exchange, index) => {
      const found = limits(exchange, ledger, lane.slice(index + 1, index + 1 + FOLLOWING));
      for (const one of withRepeats(exchange)) ledger.note(one);
      return [exchange, found] as const;
    });
  });
  return new Map(results);
}

function limits(exchange: Exchange, ledger: Ledger, following: readonly Exchange[]): Result[] {
  const { probe } = exchange;
  if (probe.limits.length === 0) return [];
  const answer = answerOf(exchange);
  const of = { check: 'limits', subject: probe.subject } as const;
  if (isUndecided(answer))
    return [
      {
        ...of,
        outcome: 'deviates',
        sentence: 'is refused with 503: nobody could decide, its limiter is on its outage policy',
      },
    ];
  if (answer === undefined || [401, 403, 429].includes(answer.status) || answer.status >= 500)
    return [{ ...of, outcome: 'unverified', sentence: 'was not let in' }];
  const finding = judgeLimits(exchange, ledger, following);
  return [{ ...of, ...finding, sentence: 'sentence' in finding ? finding.sentence : 'as the policy says' }];
}

function isUndecided(answer: Answer | undefined): boolean {
  if (answer?.status !== 503) return false;
  const { headers } = answer;
  return headers['ratelimit-policy'] !== undefined && headers.ratelimit === undefined;
}

const isAnswered = (exchange: Exchange): boolean => answerOf(exchange) !== undefined;

/** The answers that a check is about, where it is not every one. */
const LOOKED_AT: Readonly<Partial<Record<CheckName, (exchange: Exchange) => boolean>>> = {
  answer: (exchange) => {
    const { expected } = exchange.probe;
    const answer = answerOf(exchange);
    return (
      expected.is === 'decision' &&
      expected.decision.is !== 'let in' &&
      answer !== undefined &&
      isRefusal(answer)
    );
  },
  echo: (exchange) => exchange.secrets.length > 0 && isAnswered(exchange),
};

/** One result for each way in which answers are wrong, whichever; or one that none is. */
function gathered(
  check: CheckName,
  remarks: readonly (Remark & { readonly subject: string })[],
  isLookedAt: boolean,
): Result[] {
  const sentences = new Set(
    remarks.filter((remark) => remark.check === check).map(({ sentence }) => sentence),
  );
  const results = [...sentences].map((sentence): Result => {
    const subjects = [
      ...new Set(
        remarks
          .filter((one) => one.check === check && one.sentence === sentence)
          .map(({ subject }) => subject),
      ),
    ];
    const more = subjects.length > 1 ? ` and ${subjects.length - 1} more` : '';
    return { check, subject: `${subjects[0] ?? ''}${more}`, outcome: 'deviates', sentence };
  });
  if (results.length > 0) return results;
  return [
    isLookedAt
      ? { check, subject: 'every answer', outcome: 'verified', sentence: CHECKS[check].about }
      : {
          check,
          subject: 'every answer',
          outcome: 'unverified',
          sentence: 'there was no answer that it is about',
        },
  ];
}

function ofHandshake({ version, speaksOld }: Handshake): Result {
  const of = { check: 'tls', subject: 'the connection' } as const;
  if (speaksOld === true || !['TLSv1.2', 'TLSv1.3'].includes(version))
    return { ...of, outcome: 'deviates', sentence: 'speaks TLS 1.1 or older (RFC 8996)' };
  if (speaksOld === undefined)
    return { ...of, outcome: 'unverified', sentence: 'a client of TLS 1.1 got no answer in time' };
  return { ...of, outcome: 'verified', sentence: version };
}

/** That another organisation's resource is not to be found says something only where the own one is. */
function withoutProof(results: readonly Result[]): Result[] {
  const pairs = results.filter(({ check }) => check === 'other-organisation');
  const open = new Set(pairs.filter(({ outcome }) => outcome === 'unverified').map(({ subject }) => subject));
  return results.map((result) =>
    result.check === 'other-organisation' && result.outcome === 'verified' && open.has(result.subject)
      ? { ...result, outcome: 'unverified', sentence: 'the own one is not served: the pair proves nothing' }
      : result,
  );
}

/** What is wrong because something worse is, is not told a second time. */
const CAUSES: readonly (readonly [cause: CheckName, effects: readonly CheckName[]])[] = [
  [
    'no-token',
    [
      'garbage-token',
      'wrong-scheme',
      'altered-token',
      'unsigned-token',
      'expired-token',
      'missing-scope',
      'head',
      'other-case',
      'trailing-slash',
      'dot-segments',
      'limits',
    ],
  ],
  ['garbage-token', ['altered-token', 'unsigned-token', 'expired-token']],
  ['let-in', ['limits']],
];

/** `GET /api/orders` of `GET /api/orders as free`. */
const routeIn = ({ subject }: Result): string => subject.replace(/ as [\w-]+$/, '');

function followed(results: readonly Result[]): Result[] {
  const deviating = results.filter(({ outcome }) => outcome === 'deviates');
  const found = new Set(deviating.map((result) => `${result.check} ${routeIn(result)}`));
  return results.map((result) => {
    if (result.outcome !== 'deviates') return result;
    const cause = CAUSES.find(
      ([name, effects]) => effects.includes(result.check) && found.has(`${name} ${routeIn(result)}`),
    );
    return cause === undefined
      ? result
      : { ...result, outcome: 'unverified', sentence: `said already by ${cause[0]}` };
  });
}
