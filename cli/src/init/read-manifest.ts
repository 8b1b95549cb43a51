/** The `package.json` of somebody else's API: anything may stand in it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { messageOf, PortcullisError } from '../errors';

const packages = z.record(z.string(), z.string()).optional();

const manifestSchema = z.looseObject({
  name: z.string().optional(),
  type: z.string().optional(),
  main: z.string().optional(),
  packageManager: z.string().optional(),
  scripts: z.record(z.string(), z.string()).optional(),
  dependencies: packages,
  devDependencies: packages,
});

export type Manifest = z.output<typeof manifestSchema>;

/**
 * @returns the manifest, and its text: what is added keeps its form.
 * @throws PortcullisError `ERR_SETTING` with every field that is not what npm makes of it.
 */
export async function readManifest(folder: string): Promise<{ text: string; manifest: Manifest }> {
  const file = join(folder, 'package.json');
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new PortcullisError(
      'ERR_SETTING',
      `${folder} has no package.json that can be read: ${messageOf(cause)}`,
      'run this in the root of the API that is to be protected',
      { cause },
    );
  });
  const { success, data, error } = manifestSchema.safeParse(parse(text, file));
  if (success) return { text, manifest: data };
  const problems = error.issues.map(
    ({ path, message }) => `${['package.json', ...path].join('.')}: ${message}`,
  );
  throw new PortcullisError('ERR_SETTING', problems.join('\n    '), 'mend package.json; nothing was written');
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw new PortcullisError('ERR_SETTING', `${file} is no JSON: ${messageOf(cause)}`, 'mend the file', {
      cause,
    });
  }
}
