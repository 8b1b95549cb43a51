import type { Request } from 'express';

/** Whose data a request may see: the organisation of its token, or the subject where a token names none. */
export function organisationOf(req: Request): string {
  if (!req.auth)
    throw new Error('no verified token on this request: is requireAuth() mounted before the route?');
  return req.auth.organisation ?? req.auth.subject;
}
