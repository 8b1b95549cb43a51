import { extname } from 'node:path';
import type { FoundApi } from '../detect';

type Placed = Pick<FoundApi, 'home' | 'language' | 'manifest'>;

/** A file of the API's own code, in its language. `package.json` says what `.js` is. */
export const fileNamed = (api: Placed, name: string): string => `${api.home}${name}${endingOf(api)}`;

export const policyFile = (api: Placed): string => fileNamed(api, 'policy');

function endingOf({ language, manifest }: Placed): string {
  if (language === 'ts') return '.ts';
  const isOfPackage = (language === 'esm') === (manifest.type === 'module');
  return isOfPackage ? '.js' : language === 'esm' ? '.mjs' : '.cjs';
}

/** How the API's own code imports it: with the ending that it has when it runs. */
export function importOf(api: Placed, name: string): string {
  const file = fileNamed(api, name).slice(api.home.length);
  return `./${extname(file) === '.ts' ? file.replace(/ts$/, 'js') : file}`;
}
