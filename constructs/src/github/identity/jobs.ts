/** What GitHub calls jobs in the tokens that it gives them. */
import { isHttpsOrLoopback, type Problem } from '@portcullis/runtime/policy';
import { unless } from '../../core/props/checks';

/** Issuer of the tokens of github.com's jobs. */
export const GITHUB_ISSUER = 'https://token.actions.githubusercontent.com';

/** `owner/name` */
export const REPOSITORY = /^[\w.-]+\/[\w.-]+$/;

/** Number of a repository, or of its owner. */
export const REPOSITORY_ID = /^[1-9]\d*$/;

/** The issuer of jobs' tokens. */
export function issuerProblems(path: string, issuer: string): Problem[] {
  const right = typeof issuer === 'string' && isHttpsOrLoopback(issuer);
  return unless(right, path, issuer, 'an https: URL, loopback apart');
}
