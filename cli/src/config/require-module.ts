import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * Loads a module of the user's: an ES module or CommonJS, in JavaScript or TypeScript. What it imports later on is loaded in
 * the same way. Nothing is written into the repository: tsx keeps what it compiles in the folder for temporary files.
 */
export async function requireModule(file: string): Promise<unknown> {
  await registerTypeScript(dirname(file));
  return createRequire(file)(file) as unknown;
}

/** With the `paths` of the config's folder, wherever below it the command was called. */
async function registerTypeScript(folder: string): Promise<void> {
  const settings = join(folder, 'tsconfig.json');
  const { TSX_TSCONFIG_PATH: given } = process.env;
  if (given === undefined && existsSync(settings)) process.env.TSX_TSCONFIG_PATH = settings;
  try {
    const { register } = await import('tsx/cjs/api');
    register();
  } finally {
    // The app that is run later may be in another folder, with settings of its own.
    if (given === undefined) delete process.env.TSX_TSCONFIG_PATH;
  }
}
