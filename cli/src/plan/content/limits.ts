/** Numbers of which fewer, or more, protect less. */
import type { Remark } from '../grade';
import type { Leaf } from './leaves';

/** How long something is kept, how many have to agree, how long a password has to be. */
const FEWER_IS_WEAKER =
  /^(required_approving_review_count|required_reviewers|backup_retention(_period|_days)?|retention(_in_days|_days|_period)?|(soft_delete_|log_)?retention\w*|deletion_window_in_days|recovery_window_in_days|minimum_password_length|password_reuse_prevention|min_\w*length|backup_retained_count|point_in_time_recovery_days)$/;

/** How long something can be used. */
const MORE_IS_WEAKER =
  /^((token_|secret_id_|default_|max_|lease_|session_|explicit_max_)*(ttl|ttl_seconds|lease_ttl_seconds|duration(_seconds)?|session_duration)|max_session_duration|token_period|token_max_ttl|token_explicit_max_ttl|max_password_age|secret_id_num_uses|access_token_validity|id_token_validity|refresh_token_validity|clock_skew_leeway|expiration_leeway|port_range)$/;

const DAY_SECONDS = 86_400;

/** Kinds whose TTL says how long an answer is remembered, not how long something can be used. */
const REMEMBERS = /(^|_)(dns|route53|record|record_set|zone)(_|$)/;

/** @param was the numbers that stood in the same place. */
export function judgeLimit(
  type: string,
  { path, name, value }: Leaf,
  was: readonly number[],
): Remark | undefined {
  if (typeof value !== 'number') return undefined;
  if (name === 'ttl' && REMEMBERS.test(type)) return { grade: 'notice', sentence: `${path} is ${value}` };
  const fewer = FEWER_IS_WEAKER.test(name);
  if (!fewer && !MORE_IS_WEAKER.test(name)) return undefined;
  if (was.length === 0) {
    if (fewer && value === 0) return { grade: 'danger', sentence: `${path} is 0` };
    return !fewer && (value === 0 || value > DAY_SECONDS)
      ? { grade: 'danger', sentence: `${path} is ${value === 0 ? 'without an end' : value}` }
      : { grade: 'notice', sentence: `${path} is ${value}` };
  }
  const weaker = fewer ? value < Math.max(...was) : value > Math.max(...was) || value === 0;
  return { grade: weaker ? 'danger' : 'notice', sentence: `${path} ${was.join(', ')} → ${value}` };
}
