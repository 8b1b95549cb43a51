import { createPublicKey, type JsonWebKey } from 'node:crypto';
import express, { type RequestHandler } from 'express';
import { expressjwt } from 'express-jwt';
import { auth as oauthBearer } from 'express-oauth2-jwt-bearer';
import {
  enforce,
  rateLimit,
  requireAnyScope,
  requireScope,
  requireTier,
  type RedisClient,
} from '../../../../runtime/src';
import { policy } from '../../../../policy';
import { bearer, serve, type Answer } from '../../../support/auth/app';
import { AUDIENCE, useIssuer } from '../../../support/auth/issuer';

const issuer = useIssuer();

/** Never asked: what stands before the limiter stops the request. */
const redis = {
  sendCommand: () => Promise.reject(new Error('asked')),
  isReady: true,
} as unknown as RedisClient;

const limiter = rateLimit({ policy, redis });
afterAll(() => limiter.close());

const readers: Record<string, RequestHandler> = {
  'rateLimit()': limiter,
  'enforce()': enforce(policy),
  'requireScope()': requireScope('read:transactions'),
  'requireAnyScope()': requireAnyScope('read:transactions'),
  'requireTier()': requireTier('pro'),
};

const others: Record<string, () => RequestHandler> = {
  'express-jwt': () =>
    expressjwt({ secret: () => Promise.resolve(publicKey()), algorithms: ['RS256'], audience: AUDIENCE }),
  'express-oauth2-jwt-bearer': () =>
    oauthBearer({ issuer: issuer().url, jwksUri: `${issuer().url}/jwks`, audience: AUDIENCE }),
};

const publicKey = () => createPublicKey({ key: issuer().key.publicJwk as JsonWebKey, format: 'jwk' });

/** What an error handler of the app sees. */
async function seen(before: RequestHandler, reader: RequestHandler): Promise<Answer> {
  const app = express();
  app.use(before, reader, (_req, res) => void res.json({}));
  const tell: express.ErrorRequestHandler = (error: Error & { code?: string }, _req, res, next) => {
    if (res.headersSent) next(error);
    else res.status(500).json({ code: error.code, message: error.message });
  };
  app.use(tell);
  const running = await serve(app);
  try {
    return await running.get('/api/transactions', bearer(await issuer().token()));
  } finally {
    await running.stop();
  }
}

describe.each(Object.entries(readers))('%s behind another library that sets req.auth', (name, reader) => {
  it.each(Object.entries(others))('says that it is %s’s, and what to do', async (library, middleware) => {
    const { status, body } = await seen(middleware(), reader);
    expect({ status, code: body.code }).toEqual({ status: 500, code: 'ERR_FOREIGN_AUTH' });
    expect(body.message).toContain(`${name} found req.auth as ${library} sets it`);
    expect(body.message).toContain('requireAuth()');
    expect(body.message).not.toContain('user-1');
  });

  it.each<[string, unknown]>([
    ['a user and a password', { user: 'ada', password: 'hunter2' }],
    ['a text', 'ada'],
    ['a list', ['ada']],
    ['what lacks scopes', { issuer: 'https://a.example.com', subject: 'ada', tier: 'free' }],
    ['scopes of another shape', { issuer: 'a', subject: 'ada', tier: 'free', scopes: 'read:transactions' }],
    ['false', false],
  ])('says that %s is not requireAuth()’s', async (_what, value) => {
    const { status, body } = await seen((req, _res, next) => {
      Object.assign(req, { auth: value });
      next();
    }, reader);
    expect({ status, code: body.code }).toEqual({ status: 500, code: 'ERR_FOREIGN_AUTH' });
    expect(body.message).toContain('another library');
    expect(body.message).not.toMatch(/ada|hunter2/);
  });
});

it.each([null, undefined])('%s is nobody: enforce() asks for a token', async (nobody) => {
  const { status, body } = await seen((req, _res, next) => {
    Object.assign(req, { auth: nobody });
    next();
  }, enforce(policy));
  expect({ status, error: body.error }).toEqual({ status: 401, error: 'unauthorized' });
});
