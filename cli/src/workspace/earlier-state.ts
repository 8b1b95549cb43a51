/**
 * The state of a stack where it was before keys had the name of the project. Nothing moves by itself: a
 * state at that key may be that of another repository which has a stack of this name.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Configuration } from './configuration';
import { lineageOf } from './planned-run';

/** The part of `cdk.tf.json` that says where in S3 its state is. */
const schema = z.object({
  terraform: z.object({
    backend: z.object({
      s3: z.looseObject({ bucket: z.string(), key: z.string(), kms_key_id: z.string().optional() }),
    }),
    encryption: z.unknown().optional(),
  }),
  /** The state's passphrase is among the variables. */
  variable: z.unknown().optional(),
});

/**
 * Looks for such a state. Whoever plans may lack the right to read it: then there is none.
 *
 * @param folder of its own, in which `engine` runs.
 * @returns what to do about it, with the command; undefined where there is none.
 */
export async function earlierState(
  configuration: Configuration,
  folder: string,
  engine: (args: readonly string[]) => Promise<string>,
): Promise<string | undefined> {
  const { data } = schema.safeParse(configuration);
  if (!data) return undefined;
  const { s3 } = data.terraform.backend;
  const before = s3.key.replace(/^portcullis\/[^/]+\//, 'portcullis/');
  if (before === s3.key) return undefined;
  await mkdir(folder, { recursive: true });
  const looking = {
    terraform: { ...data.terraform, backend: { s3: { ...s3, key: before } } },
    variable: data.variable,
  };
  await writeFile(join(folder, 'cdk.tf.json'), JSON.stringify(looking));
  try {
    await engine(['init', '-no-color', '-input=false']);
    if (lineageOf(await engine(['state', 'pull'])) === undefined) return undefined;
  } catch {
    return undefined;
  }
  const [from, to] = [before, s3.key].map((key) => `s3://${s3.bucket}/${key}`);
  const key = s3.kms_key_id === undefined ? '' : ` --sse aws:kms --sse-kms-key-id ${s3.kms_key_id}`;
  return `there is no state at ${s3.key}, but one at ${before}, where earlier versions kept it. If it is this project's, move it before anything is deployed: aws s3 mv ${from ?? ''} ${to ?? ''}${key}`;
}
