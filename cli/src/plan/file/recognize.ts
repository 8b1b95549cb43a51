/** What people give instead of a plan as JSON. Each is told from a plan, and said by its name. */
import { PortcullisError } from '../../errors';
import { plain } from '../../terminal/text';
import { parseExactly } from '../digest/canonical';
import { isRecord } from '../values';

/** How a plan becomes JSON. */
export const MAKE_IT =
  'run `tofu show -json plan.bin > plan.json`, or the same with terraform (1.6 or newer), on what `plan -out=plan.bin` wrote';

export function unreadable(reason: string, remedy = MAKE_IT): PortcullisError {
  return new PortcullisError('ERR_PLAN_UNREADABLE', `the plan cannot be read: ${reason}`, remedy);
}

/**
 * Refuses what is no plan as `show -json` prints it. Every engine writes the configuration into one; without it nobody can
 * say which programs run, and a part of a plan could be taken for a harmless whole.
 *
 * @throws PortcullisError `ERR_PLAN_UNREADABLE` with what it is instead
 */
export function refuseOther(text: string): void {
  if (text.trim() === '') throw unreadable('it is empty: the engine wrote nothing');
  const document = parse(text);
  if (!isRecord(document)) throw unreadable('it is no object of JSON');
  const other = OTHERS.find(({ is }) => is(document));
  if (other !== undefined) throw unreadable(other.what, other.remedy);
  const { format_version: format } = document;
  if (format === undefined) throw unreadable('it has no format_version');
  if (typeof format !== 'string')
    throw unreadable('its format_version is no text; expected one such as "1.2", in quotes');
  if (!/^1\.\d+$/.test(format))
    throw unreadable(
      `its format_version is ${JSON.stringify(plain(format, 20))}; expected 1.x`,
      `${MAKE_IT}; where the engine is newer than this command, install a newer one`,
    );
  const missing = ['planned_values', 'configuration'].filter((name) => !isRecord(document[name]));
  if (missing.length > 0)
    throw unreadable(`it has no ${missing.join(' and no ')}: a part of a plan is not judged`);
  refuseNameless(document.resource_changes);
}

/** Engines say of each change whose provider it is. A rule may be asked about its own provider's kinds alone. */
function refuseNameless(changes: unknown): void {
  const index = Array.isArray(changes)
    ? changes.findIndex((change) => isRecord(change) && typeof change.provider_name !== 'string')
    : -1;
  if (index !== -1)
    throw unreadable(`resource_changes.${index} has no provider_name: whose provider it is of is not said`);
}

interface Other {
  readonly is: (document: Readonly<Record<string, unknown>>) => boolean;
  readonly what: string;
  readonly remedy?: string;
}

const OTHERS: readonly Other[] = [
  {
    is: ({ encrypted_data }) => encrypted_data !== undefined,
    what: 'it is encrypted by OpenTofu',
    remedy: `${MAKE_IT}, where the key of its encryption is known`,
  },
  {
    is: ({ version, serial, lineage }) => version !== undefined && (serial ?? lineage) !== undefined,
    what: 'it is a state, not a plan',
  },
  {
    is: ({ values, planned_values: planned }) => values !== undefined && planned === undefined,
    what: 'it is a state as JSON, not a plan: `show -json` was given no plan file',
  },
  {
    is: ({ provider_schemas: schemas }) => schemas !== undefined,
    what: 'it is what `providers schema -json` prints',
  },
  {
    is: ({ valid, diagnostics }) => valid !== undefined && diagnostics !== undefined,
    what: 'it is what `validate -json` prints',
  },
  {
    is: isMessage,
    what: 'it is a message of `plan -json`, which prints what happens and not what is planned',
  },
  {
    is: ({ grade, stacks }) => grade !== undefined && stacks !== undefined,
    what: 'it is what `portcullis plan --json` prints',
  },
];

function parse(text: string): unknown {
  try {
    return parseExactly(text);
  } catch {
    throw whyNoJson(text);
  }
}

function whyNoJson(text: string): PortcullisError {
  const [first = ''] = text.trimStart().split('\n', 1);
  // The wrapper of the action setup-terraform.
  if (first.startsWith('[command]'))
    return unreadable(
      "the wrapper of the action that installed the engine has written into it (its first line begins with '[command]')",
      'install the engine with terraform_wrapper: false, or tofu_wrapper: false',
    );
  if (isMessageText(first))
    return unreadable('it is what `plan -json` prints: what happens, and not what is planned');
  if (first.startsWith('{') && text.includes('"format_version"'))
    return unreadable('it is JSON that is cut off, or damaged');
  if (/(used the selected providers|No changes\.|Execution plan)/i.test(text.slice(0, 2_000)))
    return unreadable('it is a plan for people to read, not JSON');
  return unreadable('it is not JSON');
}

function isMessageText(line: string): boolean {
  try {
    const document: unknown = JSON.parse(line);
    return isRecord(document) && isMessage(document);
  } catch {
    return false;
  }
}

function isMessage(document: Readonly<Record<string, unknown>>): boolean {
  return '@level' in document && '@message' in document;
}
