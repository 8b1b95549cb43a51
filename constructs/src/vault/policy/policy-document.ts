/** Vault policies as text: the part of the language that exact, least-privilege policies need. */
import { literal } from '../../core';

export type Capability = 'create' | 'read' | 'update' | 'delete' | 'list' | 'patch' | 'sudo';

/** What may be done at one path. https://developer.hashicorp.com/vault/docs/concepts/policies */
export interface PolicyRule {
  /** As in `secret/data/fintech-api/config`; `*` only as the last character, `+` for one segment. */
  readonly path: string;
  /** What it allows there. */
  readonly capabilities: readonly Capability[];
  /** Why the policy needs the rule. It is written above the rule, for whoever reviews it. */
  readonly reason: string;
  /** Parameters that the request must not carry. @default none */
  readonly deniedParameters?: readonly string[];
  /** Parameters that the request must carry. @default none */
  readonly requiredParameters?: readonly string[];
  /** Requests must ask for a response that is wrapped for this long, in seconds. @default wrapping is optional */
  readonly wrappingSeconds?: { readonly min: number; readonly max: number };
}

/**
 * Writes `rules` as a Vault policy (HCL), in the order given.
 *
 * @example
 * const text = policyDocument([
 *   { path: 'secret/data/orders/config', capabilities: ['read'], reason: 'configuration of the service' },
 * ]);
 */
export function policyDocument(rules: readonly PolicyRule[]): string {
  return rules.map(renderRule).join('\n');
}

function renderRule(rule: PolicyRule): string {
  const {
    path,
    capabilities,
    reason,
    deniedParameters = [],
    requiredParameters = [],
    wrappingSeconds,
  } = rule;
  const denied = deniedParameters.map((parameter) => `    ${quoted(parameter)} = []\n`).join('');
  return [
    comment(reason),
    `path ${quoted(path)} {\n`,
    `  capabilities = [${capabilities.map(quoted).join(', ')}]\n`,
    denied && `  denied_parameters = {\n${denied}  }\n`,
    requiredParameters.length > 0 &&
      `  required_parameters = [${requiredParameters.map(quoted).join(', ')}]\n`,
    wrappingSeconds &&
      `  min_wrapping_ttl = "${wrappingSeconds.min}s"\n  max_wrapping_ttl = "${wrappingSeconds.max}s"\n`,
    `}\n`,
  ]
    .filter(Boolean)
    .join('');
}

/** No line of a reason may be one of the policy, and no expression of it the engine's. */
function comment(reason: string): string {
  return literal(reason)
    .split(/[\r\n\u2028\u2029]+/)
    .map((line) => `# ${line}\n`)
    .join('');
}

function quoted(text: string): string {
  return JSON.stringify(literal(text));
}
