/** The command of this checkout, from its sources: for an action that has installed its packages and built nothing. */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
// Rules of a team import `@portcullis/cli`: that is here.
process.env.TSX_TSCONFIG_PATH = fileURLToPath(new URL('../../../tsconfig.json', import.meta.url));

// For require() and for import(): our sources use both.
require('tsx/cjs/api').register();
(await import('tsx/esm/api')).register();
require('../../../cli/src/bin.ts');
