import { ANONYMOUS_TIER, enforced, type Policy } from '@portcullis/runtime/policy';
import { renderWorkflow } from '../workflow/workflow';
import { bearerHook } from './bearer-hook';
import { DEFAULTS, type SecurityScanningProps } from './props';
import { securityWorkflow } from './security-workflow';
import { renderZapRules } from './zap-rules';

/** Where the app serves its OpenAPI document. */
const OPENAPI_PATH = '/openapi.json';

/**
 * The files of a scanning, by path. {@link SecurityScanning} proposes them to a repository, and `portcullis workflows`
 * writes them into the checkout.
 *
 * @example
 * const files = securityScanningFiles({
 *   policy,
 *   stagingUrl: 'https://staging.api.example.com',
 *   productionUrl: 'https://api.example.com',
 *   tokenUrl: 'https://auth.example.com/token',
 *   vault: { address: 'https://vault.example.com', role: 'github-scan', secretPath: 'secret/data/orders/scan' },
 * });
 */
export function securityScanningFiles(props: SecurityScanningProps): Record<string, string> {
  const { policy, schedule = DEFAULTS.schedule, failOn = DEFAULTS.failOn } = props;
  const { scannerLimit = DEFAULTS.scannerLimit } = props;
  const workflow = securityWorkflow({
    schedule,
    failOn,
    environment: props.environment ?? DEFAULTS.environment,
    api: props.api,
    tools: props.tools,
    productionUrl: props.productionUrl,
    // Nobody has a token of that tier.
    tiers: Object.keys(policy.tiers).filter((name) => name !== ANONYMOUS_TIER),
    largestTier: largestTier(policy),
    tokens: {
      url: props.tokenUrl,
      resource: policy.audience,
      scopes: [...new Set(policy.routes.flatMap(({ scopes }) => scopes))],
      renewSeconds: Math.ceil(policy.lifetimes.accessTokenSeconds / 3),
    },
    probe: { path: probedPath(policy), atLeast: scannerLimit },
    vault: props.vault,
    verify: props.verify,
  });
  return {
    '.github/workflows/security.yml': renderWorkflow(workflow),
    '.zap/baseline-rules.tsv': renderZapRules(props.baselineRules ?? []),
    '.zap/full-scan-rules.tsv': renderZapRules(props.fullScanRules ?? []),
    '.zap/allow-list.json': `${JSON.stringify(props.allowList ?? [], undefined, 2)}\n`,
    '.zap/bearer-hook.py': bearerHook(OPENAPI_PATH),
  };
}

/** The tier that admits most, by the narrowest of its limits. */
function largestTier({ tiers }: Policy): string {
  const rate = (name: string): number =>
    Math.min(...enforced(tiers[name] ?? []).map(({ limit, windowSeconds }) => limit / windowSeconds));
  return Object.keys(tiers).reduce((largest, name) => (rate(name) > rate(largest) ? name : largest));
}

/** Path of a limited route: of one that reads, and among these of one without parameters, if the policy has one. */
function probedPath({ routes }: Policy): string {
  const limited = routes.filter((route) => !route.public);
  const read = limited.filter(({ method }) => method === 'GET');
  const pattern = (read.find(({ path }) => !/[:*{]/.test(path)) ?? read[0] ?? limited[0])?.path ?? '/';
  return pattern.replace(/[{}]/g, '').replace(/[:*]\w+/g, '0');
}
