/** Compares the changes that were reviewed with those that would be made now. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { PortcullisError, messageOf } from '../errors';
import { canonical } from '../plan/digest/canonical';
import { digestOf, type PlannedChange } from '../plan/digest/digest';
import type { Value } from '../plan/values';
import { typed } from '../terminal/command-name';

/** What one digest stands for. */
export interface Reviewed {
  readonly stack: string;
  readonly digest: string;
  /** The reviewed change list, where `portcullis plan --out` kept it. */
  readonly changes?: readonly PlannedChange[];
}

/** @throws PortcullisError `ERR_SETTING` when it is no digest of `portcullis plan`. */
export function parseDigest(digest: string): Reviewed {
  const [, stack] = /^([\w-]+):[0-9a-f]{64}$/.exec(digest) ?? [];
  if (stack !== undefined) return { stack, digest };
  const [, unreviewed] = /^([\w-]+):none$/.exec(digest) ?? [];
  if (unreviewed !== undefined) {
    throw new PortcullisError(
      'ERR_SETTING',
      `the plan of ${unreviewed} has no digest: nobody could review what it would do`,
      'read in its summary why, and have an administrator deploy it or mend that',
    );
  }
  throw new PortcullisError(
    'ERR_SETTING',
    `received ${JSON.stringify(digest.slice(0, 100))} as a digest`,
    `give one as \`${typed('plan')}\` prints it, such as vault-staging:5f2c…`,
  );
}

const fileSchema = z.object({
  stacks: z.array(
    z.object({
      stack: z.string(),
      digest: z.string().nullable(),
      fingerprint: z.string().nullable(),
      changes: z.array(
        z.object({
          address: z.string(),
          action: z.enum(['create', 'update', 'replace', 'delete', 'forget', 'import', 'move', 'read']),
          attributes: z.record(z.string(), z.object({ before: z.custom<Value>(), after: z.custom<Value>() })),
        }),
      ),
    }),
  ),
});

/**
 * Adds the change list that was reviewed, so that a difference can be described. The list is used only if the digest
 * was made from it.
 *
 * @throws PortcullisError `ERR_SETTING` when the file holds no such list.
 */
export function withChanges(reviewed: Reviewed, file: string): Reviewed {
  const parsed = fileSchema.safeParse(parseFile(file));
  const stack = parsed.data?.stacks.find(({ digest }) => digest === reviewed.digest);
  if (stack?.fingerprint && digestOf(stack.stack, stack.changes, stack.fingerprint) === reviewed.digest) {
    return { ...reviewed, changes: stack.changes };
  }
  throw new PortcullisError(
    'ERR_SETTING',
    `${file} does not hold the changes of ${reviewed.digest}`,
    `give what \`${typed('plan --out')}\` wrote in the reviewed run`,
  );
}

function parseFile(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new PortcullisError(
      'ERR_SETTING',
      `${file} cannot be read: ${messageOf(cause)}`,
      `give what \`${typed('plan --out')}\` wrote in the reviewed run`,
      { cause },
    );
  }
}

/** How two change lists differ, a line each, as in `not reviewed: update vault_policy.x (policy)`. */
export function differences(reviewed: readonly PlannedChange[], planned: readonly PlannedChange[]): string[] {
  const find = (list: readonly PlannedChange[], address: string) =>
    list.find((change) => change.address === address);
  const describe = ({ action, address, attributes }: PlannedChange): string =>
    [`${action} ${address}`, Object.keys(attributes).length > 0 && `(${Object.keys(attributes).join(', ')})`]
      .filter(Boolean)
      .join(' ');
  const gone = reviewed.filter(({ address }) => !find(planned, address));
  return [
    ...gone.map((change) => `no longer planned: ${describe(change)}`),
    ...planned.flatMap((change) => {
      const before = find(reviewed, change.address);
      if (!before) return [`not reviewed: ${describe(change)}`];
      return canonical(before) === canonical(change) ? [] : [`other than reviewed: ${describe(change)}`];
    }),
  ];
}
