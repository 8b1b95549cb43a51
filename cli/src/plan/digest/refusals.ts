/** Plans that nobody can review, because what they would do is decided later, or elsewhere. */
import {
  filesRead,
  isExpression,
  textsIn,
  type Configuration,
  type Text,
} from '../../workspace/configuration';
import { ephemeralVariables, gatesIn, isGateValue, withoutFailures } from './configuration';
import type { Plan } from './plan';
import type { PlannedRun } from '../../workspace/planned-run';
import { CHANGING } from '../../workspace/stack-files';

const NO_STATE =
  "there is no state yet: the first deploy is an administrator's, with `cdktf deploy` (docs/first-run.md)";

/** Why a plan has no digest, in words; empty where it has one. */
export function refusals(configuration: Configuration, plan: Plan, run: PlannedRun): string[] {
  return [
    ...(run.lineage === undefined ? [NO_STATE] : []),
    ...(run.overridden ? ['dev_overrides of the engine replace providers, whatever the lock file says'] : []),
    ...run.changingModules.map((path) => `${path} calls a function that differs at every run`),
    ...deferredReads(plan),
    ...changingFunctions(configuration),
    ...ephemeralUses(configuration),
    ...filesRead(configuration).computed.map((where) => `${where} reads a file whose path is computed`),
    ...Object.keys(run.files)
      .filter((path) => /^[^/]+\.(tf|tofu)(\.json)?$/.test(path))
      .map((path) => `${path} is configuration that was not synthesized`),
  ];
}

function deferredReads({ resource_changes: changes }: Plan): string[] {
  return changes
    .filter(({ mode, change }) => mode === 'data' && change.actions.includes('read'))
    .map(({ address }) => `${address} is read at the apply only: what it says then, nobody can review`);
}

function changingFunctions(configuration: Configuration): string[] {
  return textsIn(configuration).flatMap(({ path, text }) => {
    const [, name] = CHANGING.exec(isExpression(text) ? withoutFailures(text) : '') ?? [];
    return name === undefined ? [] : [`${path.join('.')} calls ${name}(), which differs at every run`];
  });
}

/**
 * Ephemeral values are in no plan, so they may decide nothing: they reach write-only arguments, whose version counts,
 * the gates of secrets, and the encryption of the state.
 */
function ephemeralUses(configuration: Configuration): string[] {
  const gates = new Set(gatesIn(configuration));
  const variables = ephemeralVariables(configuration);
  const texts = textsIn(configuration).filter(({ text }) => isExpression(text));
  const names = new Map(variables.map((name) => [`var.${name}`, name]));
  // A local that holds one is one.
  for (let grows = true; grows;) {
    grows = false;
    for (const { path, text } of texts) {
      const local = `local.${path[1] ?? ''}`;
      const variable = path[0] === 'locals' && !names.has(local) ? mentioned(text, names) : undefined;
      if (variable === undefined) continue;
      names.set(local, variable);
      grows = true;
    }
  }
  return texts.flatMap(({ path, text }) => {
    const variable = path[0] === 'locals' ? undefined : mentioned(text, names);
    if (variable === undefined) return openedLate({ path, text });
    return mayHold({ path, text }, variable, gates)
      ? []
      : [
          `${path.join('.')} depends on the ephemeral variable ${variable}, whose value is in no plan; give it to write-only arguments alone`,
        ];
  });
}

/** Fields of providers that say who they are, not where they go or what they do. */
const CREDENTIALS =
  /(^|_)(token|password|passphrase|secret|secret_id|secret_key|access_key|private_key|api_key|jwt|pem_file|credentials)$/;

/** What ephemeral resources hold is read at the apply: it may say who a provider is, and be written where none reads. */
function openedLate({ path, text }: Text): string[] {
  const [kind, , , ...inside] = path;
  if (!/\bephemeral\s*\./.test(text) || kind === 'locals' || kind === 'ephemeral') return [];
  const attributes = inside.filter((part) => !/^\d+$/.test(part));
  const written = kind === 'resource' && attributes.some((name) => name.endsWith('_wo'));
  const signsIn = kind === 'provider' && CREDENTIALS.test(path.findLast((part) => !/^\d+$/.test(part)) ?? '');
  return written || signsIn
    ? []
    : [`${path.join('.')} depends on an ephemeral resource, which is read at the apply only`];
}

/** The ephemeral variable that a text mentions, by itself or through a local. */
function mentioned(text: string, names: ReadonlyMap<string, string>): string | undefined {
  const found = text.replace(/\[\s*"([\w-]+)"\s*\]/g, '.$1').match(/\b(?:var|local)\s*\.\s*[\w-]+/g) ?? [];
  return found.map((name) => names.get(name.replace(/\s/g, ''))).find((name) => name !== undefined);
}

function mayHold({ path, text }: Text, variable: string, gates: ReadonlySet<string>): boolean {
  const [kind, type = '', name = '', ...inside] = path;
  if (kind === 'terraform') return type === 'encryption';
  // A variable validates itself.
  if (kind === 'variable') return type === variable;
  if (kind !== 'resource' || /^(provisioner|connection|lifecycle|count|for_each)$/.test(inside[0] ?? ''))
    return false;
  const attributes = inside.filter((part) => !/^\d+$/.test(part));
  const isGate = gates.has(`${type}.${name}`) && attributes.join('.') === 'input.value' && isGateValue(text);
  return isGate || attributes.some((attribute) => attribute.endsWith('_wo'));
}
