import { dirname, relative } from 'node:path';
import type { FoundApi, Framework } from '../detect';
import { importOf } from './files';

const NAMES = 'enforce, rateLimit, requireAuth, SecretsManager';

/** How a file begins that is written for Express, in each language. */
const beginningOf = (language: FoundApi['language'], policy: string): string =>
  ({
    cjs: `const { ${NAMES} } = require('@portcullis/runtime');
const { policy } = require('${policy}');

exports.protect = async function protect(app) {`,
    esm: `import { ${NAMES} } from '@portcullis/runtime';
import { policy } from '${policy}';

export async function protect(app) {`,
    ts: `import { ${NAMES} } from '@portcullis/runtime';
import type { Express } from 'express';
import { policy } from '${policy}';

export async function protect(app: Express): Promise<SecretsManager> {`,
  })[language];

/** The middleware of an Express app, in a file of its own; for other frameworks there is one to copy. */
export function protectSource(api: FoundApi): string | undefined {
  const { framework, language } = api;
  if (framework !== 'express') return undefined;
  return `/** To be called before the first route: 401, 429, 403. What it leases in Vault ends with \`close()\` of what it returns. */
${beginningOf(language, importOf(api, 'policy'))}
  const secrets = await SecretsManager.connect({ policy }); // VAULT_ADDR, VAULT_ROLE_ID, VAULT_WRAPPED_SECRET_ID
  const { REDIS_HOST = '127.0.0.1', REDIS_PORT = '6379', OIDC_ISSUER_URL: issuer = policy.issuer } = process.env;
  const redis = secrets.redisClient('redis-role', { host: REDIS_HOST, port: Number(REDIS_PORT) });
  const limiter = rateLimit({ policy, redis, trustedProxies: 0 }); // how many proxies are in front
  app.use(requireAuth({ policy, issuer, limiter }), limiter, enforce(policy));
  return secrets;
}${language === 'cjs' ? ';' : ''}
`;
}

/** What nobody but the API's own developers can put in the right place. */
export function byHand(api: FoundApi): string[] {
  const { framework, language, entry, port, home } = api;
  const listens = `${entry}: listen at process.env.PORT${port === 3_000 ? '' : `, or ${port} without it`}`;
  if (framework !== 'express')
    return [`${entry}: copy ${exampleOf(framework)}, and call its protect() before the first route`, listens];
  const above = relative(dirname(entry), home) || '.';
  const file = `${above}/${importOf(api, 'protect').slice('./'.length)}`;
  const call =
    language === 'cjs' ? `const { protect } = require('${file}');` : `import { protect } from '${file}';`;
  return [`${entry}: ${call}`, `${entry}: await protect(app); before the first route`, listens];
}

const exampleOf = (framework: Framework): string =>
  `examples/${framework === 'ws' ? 'websocket' : framework}/protect.ts of Portcullis' repository`;
