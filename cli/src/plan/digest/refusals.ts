/** Plans that nobody can review, because what they would do is decided later, or elsewhere. */
import {
  filesRead,
  GAP,
  isExpression,
  textsIn,
  type Configuration,
  type Text,
} from '../../workspace/configuration';
import {
  ephemeralVariables,
  gatesIn,
  isGateValue,
  listsOfNames,
  withoutFailures,
  withoutRequirements,
} from './configuration';
import type { Plan } from './plan';
import type { PlannedRun } from '../../workspace/planned-run';
import { changingCall } from '../../workspace/stack-files';

const NO_STATE =
  "there is no state yet: the first deploy is an administrator's, with `cdktf deploy` (docs/first-run.md)";

/** Why a plan has no digest, in words; empty where it has one. */
export function refusals(configuration: Configuration, plan: Plan, run: PlannedRun): string[] {
  return [
    ...(run.lineage === undefined ? [run.earlierState ?? NO_STATE] : []),
    ...(run.overridden
      ? [
          'dev_overrides or TF_REATTACH_PROVIDERS of the engine replace providers, whatever the lock file says',
        ]
      : []),
    ...run.refusedModules,
    ...listsOfNames(configuration),
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
    const name = isExpression(text) ? changingCall(withoutFailures(text)) : undefined;
    return name === undefined ? [] : [`${path.join('.')} calls ${name}(), which differs at every run`];
  });
}

/**
 * Ephemeral values are in no plan, so they may decide nothing: they reach write-only arguments, whose version counts,
 * the gates of secrets, and the encryption of the state.
 */
function ephemeralUses(configuration: Configuration): string[] {
  const gates = new Set(gatesIn(configuration));
  const texts = textsIn(configuration).filter(({ text }) => isExpression(text));
  const names = new Map(ephemeralVariables(configuration).map((name) => [`var.${name}`, name]));
  const sources = withLocals(texts, names);
  return texts.flatMap((text) => {
    // In an argument, "there is a value, or the apply fails" decides nothing.
    const said = isArgument(text.path) ? withoutRequirements(text.text) : text.text;
    const [source] = text.path[0] === 'locals' ? [] : mentioned(said, sources);
    if (source === undefined) return [];
    if (source !== RESOURCE) {
      if (mayHold(text, source, gates)) return [];
      return [
        `${text.path.join('.')} depends on the ephemeral variable ${source}, whose value is in no plan; give it to write-only arguments alone`,
      ];
    }
    return isOpenedLate(text)
      ? [`${text.path.join('.')} depends on an ephemeral resource, which is read at the apply only`]
      : [];
  });
}

/** Stands for every ephemeral resource where variables have their name. No variable is called so. */
const RESOURCE = 'ephemeral resource';

/** A local that holds an ephemeral value is one. */
function withLocals(
  texts: readonly Text[],
  variables: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const names = new Map(variables);
  for (let grows = true; grows;) {
    grows = false;
    for (const { path, text } of texts) {
      const local = `local.${path[1] ?? ''}`;
      const [source] = path[0] === 'locals' && !names.has(local) ? mentioned(text, names) : [];
      if (source === undefined) continue;
      names.set(local, source);
      grows = true;
    }
  }
  return names;
}

/** What an ephemeral resource holds may say who a provider is, and be written where nobody reads. */
function isOpenedLate({ path }: Text): boolean {
  if (path[0] === 'ephemeral') return false;
  const signsIn =
    path[0] === 'provider' && CREDENTIALS.test(path.findLast((part) => !/^\d+$/.test(part)) ?? '');
  return !signsIn && !isWriteOnly(path);
}

/** Fields of providers that say who they are, not where they go or what they do. */
const CREDENTIALS =
  /(^|_)(token|password|passphrase|secret|secret_id|secret_key|access_key|private_key|api_key|jwt|pem_file|credentials)$/;

const WORD = /[\w-]+/.source;
const NAME = new RegExp(
  `\\b(var|local)${GAP}(?:\\.${GAP}(${WORD})|\\[${GAP}"(${WORD})"${GAP}\\])|\\bephemeral${GAP}\\.`,
  'g',
);

/** The ephemeral values that a text mentions, by themselves or through locals: variables first. */
function mentioned(text: string, names: ReadonlyMap<string, string>): string[] {
  const found = [...text.matchAll(NAME)].map(([, kind, member, index]) =>
    kind === undefined ? RESOURCE : names.get(`${kind}.${member ?? index ?? ''}`),
  );
  return found.filter((name) => name !== undefined).sort((one) => (one === RESOURCE ? 1 : -1));
}

function mayHold({ path, text }: Text, variable: string, gates: ReadonlySet<string>): boolean {
  const [kind, type = '', name = '', ...inside] = path;
  if (kind === 'terraform') return type === 'encryption';
  // A variable validates itself.
  if (kind === 'variable') return type === variable;
  if (isWriteOnly(path)) return true;
  const attribute = inside.filter((part) => !/^\d+$/.test(part)).join('.');
  return gates.has(`${type}.${name}`) && attribute === 'input.value' && isGateValue(text);
}

/** Whether a place is in an argument that providers take and the state does not keep. */
function isWriteOnly(path: readonly string[]): boolean {
  return isArgument(path) && path.slice(3).some((name) => name.endsWith('_wo'));
}

/** Whether a place is in an argument that a provider takes. */
function isArgument([kind, , , ...inside]: readonly string[]): boolean {
  const [name = ''] = inside.filter((part) => !/^\d+$/.test(part));
  return kind === 'resource' && !/^(provisioner|connection|lifecycle|count|for_each)$/.test(name);
}
