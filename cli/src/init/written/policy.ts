import type { FoundApi } from '../detect';

/** The name of the policy: the package's, as Vault and PostgreSQL can have it. */
export function policyNameOf({ manifest }: Pick<FoundApi, 'manifest'>): string {
  const bare = (manifest.name ?? '').replace(/^@[^/]*\//, '').toLowerCase();
  const name = bare.replace(/[^a-z0-9]+/g, '-').replace(/^[^a-z]+|-+$/g, '');
  return name === '' ? 'api' : name.slice(0, 40).replace(/-$/, '');
}

/** Every tier is in shadow: what it would refuse is told, and nobody is refused. */
export function policySource(api: FoundApi): string {
  const name = policyNameOf(api);
  const routes = api.routes.length === 0 ? [{ method: 'GET', path: '/' }] : api.routes;
  const imported =
    api.language === 'cjs'
      ? `const { definePolicy } = require('@portcullis/runtime/policy');`
      : `import { definePolicy } from '@portcullis/runtime/policy';`;
  return `${imported}

/** What ${name} admits. What is not listed here is answered 403. */
${api.language === 'cjs' ? 'exports.policy =' : 'export const policy ='} definePolicy({
  name: '${name}',
  issuer: 'https://auth.example.com', // your identity provider: the exact \`iss\` of its tokens
  audience: 'https://${name}.example.com', // the \`aud\` of the tokens that are for this API

  // Limits in shadow refuse nobody: whom they would refuse is in metrics and events. Take \`shadow\` away to enforce one.
  tiers: {
    free: { shadow: true, limits: [{ limit: 100, window: '1m' }] },
    pro: { shadow: true, limits: [{ limit: 1_000, window: '1m' }] },
  },
  defaultTier: 'free',

  // Found in ${api.entry}. \`scopes: ['read:things']\` asks for more than a token; \`public: true\` for none.
  routes: [
${routes.map(({ method, path }) => `    { method: '${method}', path: '${path}'${isPublic(path) ? ', public: true' : ''} },`).join('\n')}
  ],
});
`;
}

/** What load balancers ask without a token. */
const isPublic = (path: string): boolean => /^\/(healthz?|readyz?|livez|ping|status)$/.test(path);
