/** Compares two versions of a large policy and renders what a pull request shows. Every route of it is another one after. */
import { definePolicy, type Policy, type PolicyInput } from '@portcullis/runtime/policy';
import { comparePolicies } from '../../cli/src/policy-diff/compare/compare';
import { renderMarkdown } from '../../cli/src/policy-diff/report/markdown';
import { policyDiff } from '../../cli/src/policy-diff/report/summary';
import { COMPARED } from './compared';

const METHODS = ['GET', 'POST', 'PUT', 'DELETE'] as const;

/** Of four routes, one has other scopes after, one another cost, one another path that overlaps, one other limits. */
function version(isAfter: boolean): Policy {
  const { routes, scopes, tiers } = COMPARED;
  const limit = (tier: number): number => 100 * (tier + 1) + (isAfter ? 50 : 0);
  return definePolicy({
    name: 'large',
    issuer: 'https://auth.example.com',
    audience: 'https://api.example.com',
    tiers: Object.fromEntries(
      Array.from({ length: tiers }, (_, tier) => [
        `tier-${tier}`,
        [{ limit: limit(tier), window: '1m' as const }],
      ]),
    ),
    defaultTier: 'tier-0',
    routes: Array.from({ length: routes }, (_, index): PolicyInput['routes'][number] => {
      const [kind, resource] = [index % 4, Math.floor(index / METHODS.length)];
      return {
        method: METHODS[index % METHODS.length] ?? 'GET',
        path: isAfter && kind === 0 ? `/api/r${resource}/:id` : `/api/r${resource}/{new}:id`,
        scopes: [
          `scope-${index % scopes}`,
          ...(isAfter && kind === 1 ? [] : [`scope-${(index + 1) % scopes}`]),
        ],
        cost: isAfter && kind === 2 ? 2 : 4,
        ...(kind === 3 && { limits: [{ limit: isAfter ? 80 : 40, window: '1h', by: 'user' }] }),
      };
    }),
  });
}

const changes = comparePolicies(version(false), version(true));
const widened = new Set(
  changes.filter(({ direction }) => direction === 'widening').flatMap(({ routes }) => routes),
);
if (widened.size !== COMPARED.routes)
  throw new Error(`${widened.size} routes are wider; expected ${COMPARED.routes}`);
process.stdout.write(renderMarkdown(policyDiff('large', 'main', changes)));
