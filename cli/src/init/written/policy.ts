import type { FoundApi } from '../detect';
import type { FoundRoute } from '../routes';

export interface WrittenRoute extends FoundRoute {
  readonly scopes?: readonly string[];
  readonly cost?: number;
}

/** A tier in shadow is told of, and refuses nobody. */
export interface WrittenTiers {
  readonly limits: Readonly<Record<'free' | 'pro', number>>;
  readonly shadow: boolean;
}

export interface WrittenPolicy {
  readonly name: string;
  readonly language: FoundApi['language'];
  readonly routes: readonly WrittenRoute[];
  /** What the routes are, as a comment. */
  readonly note: string;
  readonly tiers: WrittenTiers;
}

/** The name of the policy: the package's, as Vault and PostgreSQL can have it. */
export function policyNameOf({ manifest }: Pick<FoundApi, 'manifest'>): string {
  const bare = (manifest.name ?? '').replace(/^@[^/]*\//, '').toLowerCase();
  const name = bare.replace(/[^a-z0-9]+/g, '-').replace(/^[^a-z]+|-+$/g, '');
  return name === '' ? 'api' : name.slice(0, 40).replace(/-$/, '');
}

/** The policy of an API that exists. Every tier is in shadow: what it would refuse is told, and nobody is refused. */
export function firstPolicy(api: FoundApi): string {
  return policySource({
    ...{ name: policyNameOf(api), language: api.language },
    routes: api.routes.length === 0 ? [{ method: 'GET', path: '/' }] : api.routes,
    note: `Found in ${api.entry}. \`scopes: ['read:things']\` asks for more than a token; \`public: true\` for none.`,
    tiers: { limits: { free: 100, pro: 1_000 }, shadow: true },
  });
}

export function policySource({ name, language, routes, note, tiers }: WrittenPolicy): string {
  const isCommon = language === 'cjs';
  return `${
    isCommon
      ? `const { definePolicy } = require('@portcullis/runtime/policy');`
      : `import { definePolicy } from '@portcullis/runtime/policy';`
  }

/** What ${name} admits. What is not listed here is answered 403. */
${isCommon ? 'exports.policy =' : 'export const policy ='} definePolicy({
  name: '${name}',
  issuer: 'https://auth.example.com', // your identity provider: the exact \`iss\` of its tokens
  audience: 'https://${name}.example.com', // the \`aud\` of the tokens that are for this API

  // ${tiers.shadow ? SHADOW : LIMITED}
  tiers: {
${Object.entries(tiers.limits)
  .map(([tier, limit]) => `    ${tier}: ${tierSource(limit, tiers.shadow)},`)
  .join('\n')}
  },
  defaultTier: 'free',

  // ${note}
  routes: [
${routes.map((route) => `    ${routeSource(route)},`).join('\n')}
  ],
});
`;
}

const SHADOW =
  'Limits in shadow refuse nobody: whom they would refuse is in metrics and events. Take `shadow` away to enforce one.';
const LIMITED = 'Whoever asks more often is answered 429. `shadow: true` tries a limit on nobody first.';

function tierSource(limit: number, isShadow: boolean): string {
  const limits = `[{ limit: ${limit.toLocaleString('en').replace(',', '_')}, window: '1m' }]`;
  return isShadow ? `{ shadow: true, limits: ${limits} }` : limits;
}

function routeSource({ method, path, scopes, cost }: WrittenRoute): string {
  const fields = [
    `method: '${method}'`,
    `path: '${path}'`,
    ...(isPublic(path) ? ['public: true'] : []),
    ...(scopes === undefined ? [] : [`scopes: [${scopes.map((scope) => `'${scope}'`).join(', ')}]`]),
    ...(cost === undefined ? [] : [`cost: ${cost}`]),
  ];
  return `{ ${fields.join(', ')} }`;
}

/** What load balancers ask without a token. */
const isPublic = (path: string): boolean => /^\/(healthz?|readyz?|livez|ping|status)$/.test(path);
