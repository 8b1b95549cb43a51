/** Numbers of which fewer, or more, protect less. */
import type { Remark } from '../grade';
import { numberOf } from '../values';
import type { Leaf, Scalar } from './leaves';

/** How long something is kept, how many have to agree, how long a password has to be. */
const FEWER_IS_WEAKER =
  /^(required_approving_review_count|required_reviewers|backup_retention(_period|_days)?|retention(_in_days|_days|_period)?|(soft_delete_|log_)?retention\w*|deletion_window_in_days|recovery_window_in_days|minimum_password_length|minimum_length|delete_after|password_reuse_prevention|min_\w*length|backup_retained_count|point_in_time_recovery_days)$/;

/** How long, or how often, something can be used. */
const MORE_IS_WEAKER =
  /^(automatically_after_days|rotation_period(_in_days)?|http_put_response_hop_limit|(token_|secret_id_|default_|max_|lease_|session_|explicit_max_)*(ttl|ttl_seconds|lease_ttl_seconds|duration(_seconds)?|session_duration)|max_session_duration|token_period|token_max_ttl|token_explicit_max_ttl|max_password_age|secret_id_num_uses|token_num_uses|access_token_validity|id_token_validity|refresh_token_validity|port_range|(throttling_)?(rate|burst)_limit|(clock_skew|expiration|not_before)_leeway)$/;

const DAY_SECONDS = 86_400;

/** Kinds whose TTL says how long an answer is remembered, not how long something can be used. */
const REMEMBERS = /(^|_)(dns|route53|record|record_set|zone)(_|$)/;

/** @param was the numbers that stood in its place. */
export function judgeLimit(
  type: string,
  { path, name, value }: Leaf,
  was: readonly number[],
): Remark | undefined {
  const number = secondsIn(value);
  if (Number.isNaN(number)) return undefined;
  if (name === 'ttl' && REMEMBERS.test(type)) return { grade: 'notice', sentence: `${path} is ${number}` };
  const fewer = keepsLess(path, name);
  if (!fewer && !admitsMore(path, name, type)) return undefined;
  const endless = !fewer && (number === 0 || (number < 0 && !name.endsWith('leeway')));
  const said = endless ? 'without an end' : String(number);
  if (was.length === 0) {
    const isLong = number > DAY_SECONDS && !/rotation|rate|burst|quota|limit/.test(path);
    const weak = fewer ? number === 0 : endless || isLong;
    return { grade: weak ? 'danger' : 'notice', sentence: `${path} is ${said}` };
  }
  const weaker = fewer ? number < Math.max(...was) : endless || number > Math.min(...was);
  return { grade: weaker ? 'danger' : 'notice', sentence: `${path} ${was.join(', ')} → ${said}` };
}

/** A limit that was there, and is not any more: nobody here knows what counts instead. */
export function lostLimit(type: string, { path, name, value }: Leaf): Remark | undefined {
  return (keepsLess(path, name) || admitsMore(path, name, type)) && secondsIn(value) > 0
    ? { grade: 'danger', sentence: `no longer has ${path}` }
    : undefined;
}

const keepsLess = (path: string, name: string): boolean =>
  FEWER_IS_WEAKER.test(name) || /retention\.(days|years)$/.test(path);

const admitsMore = (path: string, name: string, type: string): boolean =>
  MORE_IS_WEAKER.test(name) ||
  /quota\w*\.limit$/.test(path) ||
  (name === 'rate' && /quota|rate_limit/.test(type));

/** A number; Google writes seconds as `3600s`. */
export function secondsIn(value: Scalar): number {
  if (typeof value === 'boolean') return NaN;
  return numberOf(typeof value === 'string' ? value.replace(/^(\d+)s$/, '$1') : value);
}
