/** What a digest has to know of a synthesized configuration (`cdk.tf.json`). */
import type { Configuration } from '../../workspace/configuration';
import { isRecord } from '../values';

/** Names of the variables whose values are in no plan. */
export function ephemeralVariables({ variable }: Configuration): string[] {
  return Object.entries(isRecord(variable) ? variable : {})
    .filter(([, block]) => blocks(block).some(({ ephemeral }) => ephemeral === true || ephemeral === 'true'))
    .map(([name]) => name);
}

/**
 * Whether an expression is the value of a secret's gate (constructs/src/core/secret-input.ts): "given", or a failure.
 * It is the one expression through which an ephemeral value may tell a stored one whether it is there.
 */
export function isGateValue(text: string): boolean {
  const found =
    /^\$\{can\(regex\("given", var\.(\w+) == null \? "" : "given"\)\) \? "given" : (base64decode\(.*\))\}$/.exec(
      text,
    );
  return found !== null && withoutFailures(found[2] ?? '') === '';
}

/** An expression without what fails at the apply by intent (constructs/src/core/fail-at-apply.ts). */
export function withoutFailures(text: string): string {
  // Spaces and parentheses are in every message, and in no base64: whatever the time is, this fails.
  return text.replace(/base64decode\("[^"\\$%]* \(\$\{timestamp\(\)\}\)"\)/g, '');
}

/** Addresses of the gates: resources that hold a version, and whether a value was given. */
export function gatesIn(configuration: Configuration): string[] {
  return resourcesOf(configuration, 'terraform_data').flatMap(([name, block]) => {
    const { input } = block;
    if (!isRecord(input) || typeof input.value !== 'string') return [];
    const isGate = Object.keys(input).sort().join() === 'value,version' && typeof input.version === 'number';
    return isGate && isGateValue(input.value) ? [`terraform_data.${name}`] : [];
  });
}

function resourcesOf({ resource }: Configuration, type: string): [string, Record<string, unknown>][] {
  const named = isRecord(resource) ? resource[type] : undefined;
  return Object.entries(isRecord(named) ? named : {}).flatMap(([name, value]) =>
    blocks(value).map((block): [string, Record<string, unknown>] => [name, block]),
  );
}

/** JSON syntax has one block as an object, or several as a list. */
function blocks(value: unknown): Record<string, unknown>[] {
  return [value].flat().filter(isRecord);
}
