/** A row in words: for the terminal, for Markdown and for SARIF alike. */
import { duration } from '../../plan/rules/attribute-judges';
import type { Caller, PolicyChange, Witness } from '../change';

const MOST_ROUTES = 3;

/** As in `GET /orders, POST /orders and 12 more`. */
export function routesInWords({ routes }: PolicyChange): string {
  if (routes.length === 0) return 'the API';
  const rest = routes.length - MOST_ROUTES;
  const named = routes.slice(0, MOST_ROUTES).join(', ');
  return rest > 0 ? `${named} and ${rest} more` : named;
}

export function whoInWords({ who }: PolicyChange): string {
  return who.join(', ');
}

/** A witness as one would tell a colleague what to try. */
export function witnessInWords(witness: Witness): string {
  const { method, path, caller, browser, circumstance, after, was, will } = witness;
  return [
    `${method} ${path}`,
    browser === undefined ? callerInWords(caller) : browserInWords(browser),
    ...(after === undefined ? [] : [afterInWords(after)]),
    ...(circumstance === undefined ? [] : [`while ${circumstance}`]),
  ]
    .join(', ')
    .concat(`: ${was} → ${will}`);
}

function callerInWords(caller: Caller): string {
  if (caller.kind === 'nobody') return 'no token';
  const { scopes, tier, issuer, audience, lifetimeSeconds } = caller;
  return [
    `a token with ${scopes.length === 0 ? 'no scope' : scopes.join(' ')}`,
    ...(tier === undefined ? [] : [`of tier ${tier}`]),
    ...(issuer === undefined ? [] : [`of ${issuer}`]),
    ...(audience === undefined ? [] : [`for ${audience}`]),
    ...(lifetimeSeconds === undefined ? [] : [`that lives ${duration(lifetimeSeconds)}`]),
  ].join(' ');
}

function browserInWords({ origin, header, credentials }: NonNullable<Witness['browser']>): string {
  const what = header === undefined ? '' : ` that sets ${header}`;
  return `a page of ${origin}${what}${credentials === true ? ' with cookies' : ''}`;
}

function afterInWords({ bursts, atSeconds, sharing, from }: NonNullable<Witness['after']>): string {
  const calls = bursts.reduce((sum, { callers, times }) => sum + callers * times, 0);
  const callers = bursts.reduce((sum, one) => sum + one.callers, 0) + (from === 'another caller' ? 1 : 0);
  return [
    `after ${calls.toLocaleString('en-US')} call${calls === 1 ? '' : 's'}`,
    ...(callers > 1 ? [`by ${callers.toLocaleString('en-US')} callers`] : []),
    ...(callers > 1 && sharing.length > 0 ? [`with one ${sharing.join(' and ')}`] : []),
    ...(atSeconds > 0 ? [`within ${duration(atSeconds)}`] : []),
  ].join(' ');
}
