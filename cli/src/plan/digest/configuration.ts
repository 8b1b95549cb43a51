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
 * It is the one expression through which an ephemeral value may tell a stored one whether it is there, and long enough.
 */
export function isGateValue(text: string): boolean {
  return new RegExp(`^\\$\\{${GATE_VALUE}\\}$`).test(text);
}

/** An expression without the conditions that are true or fail: that a secret is given. */
export function withoutRequirements(text: string): string {
  return text.replaceAll(new RegExp(`\\(${GATE_VALUE}\\) == "given"`, 'g'), 'true');
}

// Spaces and parentheses are in every message, and in no base64: whatever the time is, this fails.
const FAILURE = String.raw`base64decode\("[^"\\$%]* \(\$\{timestamp\(\)\}\)"\)`;
const IS_LONG = String.raw`can\(regex\("long", var\.\w+ == null \? "long" : length\(var\.\w+\.\w+\) < \d+ \? "" : "long"\)\)`;
const IS_GIVEN = String.raw`can\(regex\("given", var\.\w+ == null \? "" : "given"\)\)`;
const GATE_VALUE = String.raw`(?:!${IS_LONG} \? ${FAILURE} : )*${IS_GIVEN} \? "given" : ${FAILURE}`;

/** An expression without what fails at the apply by intent (constructs/src/core/fail-at-apply.ts). */
export function withoutFailures(text: string): string {
  return text.replaceAll(new RegExp(FAILURE, 'g'), '');
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

/** Addresses of what `removed` blocks remove with a provisioner of their own: it runs, and is in no plan. */
export function programsOfRemovals(text: string): string[] {
  const { removed } = JSON.parse(text) as Configuration;
  return blocks(removed).flatMap(({ from, provisioner }) =>
    typeof from === 'string' && provisioner !== undefined
      ? [from.replace(/^\$\{\s*|\s*\}$|\[[^\]]*\]/g, '')]
      : [],
  );
}

/** Kinds of blocks, and how many levels of names their objects have. */
const NAMED = {
  resource: 2,
  data: 2,
  ephemeral: 2,
  provider: 1,
  variable: 1,
  output: 1,
  module: 1,
  locals: 1,
};

/** Where the configuration has a list of objects instead of one: engines read all, and nobody here looks for it. */
export function listsOfNames(configuration: Configuration): string[] {
  const visit = (value: unknown, path: string, levels: number): string[] => {
    if (levels === 0 || value === undefined) return [];
    if (!isRecord(value)) return [`${path} is a list, or no object: name what is in it in one object`];
    return Object.entries(value).flatMap(([name, part]) => visit(part, `${path}.${name}`, levels - 1));
  };
  return Object.entries(NAMED).flatMap(([kind, levels]) => visit(configuration[kind], kind, levels));
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
