import type { AuthContext, Pseudonyms } from '@portcullis/runtime';
import type { RequestHandler } from 'express';
import { setTimeout as sleep } from 'node:timers/promises';

type Naming = Pick<Pseudonyms, 'known' | 'of'>;

/** How long a caller's first request waits for the caller's pseudonym, in milliseconds. Then it goes on without. */
const PATIENCE_MS = 250;

/** Learns what the log calls the caller before the request is answered. Put it after `requireAuth()`. */
export function learnPseudonym(pseudonyms: Naming): RequestHandler {
  return ({ auth }, _res, next) => {
    if (auth === undefined || pseudonyms.known(auth) !== undefined) {
      next();
      return;
    }
    const learned = pseudonyms.of(auth).catch(() => undefined);
    void Promise.race([learned, sleep(PATIENCE_MS, undefined, { ref: false })]).then(() => next());
  };
}

/** The event with a pseudonym in place of its subject, or without a subject where Vault gives no pseudonym. */
export async function withPseudonym<E extends { readonly type: string; readonly subject?: string }>(
  pseudonyms: Naming,
  issuer: AuthContext['issuer'],
  event: E,
): Promise<E> {
  const { subject, ...rest } = event;
  if (subject === undefined) return event;
  const pseudonym = await pseudonyms.of({ issuer, subject }).catch(() => undefined);
  return { ...rest, ...(pseudonym !== undefined && { subject: pseudonym }) } as E;
}
