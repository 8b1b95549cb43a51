/** The benchmarked app behind one of the peers, each asked for the same checks as far as it knows them. */
import { requireAuth } from '@portcullis/runtime';
import { keycloak } from '@portcullis/runtime/presets';
import { JwtVerifier } from 'aws-jwt-verify';
import type { RequestHandler } from 'express';
import { expressjwt, type GetVerificationKey } from 'express-jwt';
import { auth } from 'express-oauth2-jwt-bearer';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { expressJwtSecret } from 'jwks-rsa';
import { AUDIENCE, benchPolicy } from '../lib/policy';
import { app, serve } from '../lib/serve';
import { settings } from '../lib/settings';
import type { AuthPeer } from './peers';
import { REALM } from './realm';

const { peer, issuer } = settings() as { peer: AuthPeer; issuer: string };
const jwksUri = `${issuer}/jwks`;
const TOLERANCE_SECONDS = 5;

const PEERS: Record<AuthPeer, () => RequestHandler[]> = {
  'bare Express': () => [],
  Portcullis: () => [requireAuth({ policy: benchPolicy(issuer), jwksUri })],
  'Keycloak preset (nested roles)': () => [
    requireAuth({
      policy: benchPolicy(issuer),
      ...keycloak({ url: issuer, realm: REALM }).verify,
      ...{ audience: AUDIENCE, jwksUri },
    }),
  ],
  // `strict` asks for typ at+jwt, as RFC 9068 does; it is off by default.
  'node-oauth2-jwt-bearer': () => [
    auth({ issuer, jwksUri, audience: AUDIENCE, strict: true, clockTolerance: TOLERANCE_SECONDS }),
  ],
  'express-jwt + jwks-rsa': () => [
    expressjwt({
      secret: expressJwtSecret({ jwksUri, cache: true, rateLimit: true }) as GetVerificationKey,
      issuer,
      audience: AUDIENCE,
      algorithms: ['RS256', 'ES256'],
    }),
  ],
  'aws-jwt-verify': () => [awsJwtVerify()],
  jose: () => [jose()],
};

serve(app(...PEERS[peer]()));

/** Its fetcher speaks https only, so that it is handed the keys; it has no middleware: this is the least one. */
function awsJwtVerify(): RequestHandler {
  const verifier = JwtVerifier.create({
    issuer,
    audience: AUDIENCE,
    jwksUri,
    graceSeconds: TOLERANCE_SECONDS,
  });
  const ready = fetch(jwksUri)
    .then((response) => response.json())
    .then((jwks) => verifier.cacheJwks(jwks as Parameters<typeof verifier.cacheJwks>[0]));
  let isReady = false;
  void ready.then(() => (isReady = true));
  return (req, _res, next) => {
    const verify = (): void => {
      Object.assign(req, { auth: verifier.verifySync(bearer(req.headers.authorization)) });
      next();
    };
    if (isReady) verify();
    else ready.then(verify).catch(next);
  };
}

/** A library, not a middleware: this is the least one. */
function jose(): RequestHandler {
  const keys = createRemoteJWKSet(new URL(jwksUri));
  const options = { issuer, audience: AUDIENCE, typ: 'at+jwt', clockTolerance: TOLERANCE_SECONDS };
  return (req, _res, next) => {
    jwtVerify(bearer(req.headers.authorization), keys, options).then(({ payload }) => {
      Object.assign(req, { auth: payload });
      next();
    }, next);
  };
}

function bearer(header: string | undefined): string {
  return header?.startsWith('Bearer ') === true ? header.slice('Bearer '.length) : '';
}
