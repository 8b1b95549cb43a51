import { Router } from 'express';

/** `GET /api/me`: who the caller is to this API. The call costs nothing, so that clients can watch their limit. */
export function me(): Router {
  const router = Router();

  router.get('/api/me', ({ auth }, res) => {
    if (!auth)
      throw new Error('no verified token on this request: is requireAuth() mounted before the route?');
    const { subject, organisation, tier, scopes, expiresAt, claims } = auth;
    // RFC 9068 §2.2.2: an access token may say more about its person, by OpenID Connect's claim names.
    const name = typeof claims.name === 'string' ? claims.name : undefined;
    res.set('Cache-Control', 'no-store').json({ name, subject, organisation, tier, scopes, expiresAt });
  });

  return router;
}
