/**
 * What `npm start` and `npm test` run. Uses Node alone: on a fresh clone nothing else is there yet.
 * Installs the packages when they are missing or older than the lock file, then hands over to the CLI, or to the
 * tests, which are no part of it.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const require = createRequire(import.meta.url);
/** What npm notes that it installed. */
const NOTED = 'node_modules/.package-lock.json';
/** The digest of the lock file whose packages were last seen to be there. */
const SEEN = 'node_modules/.portcullis-lock';

requireNode();
requireTemporaryFolder();
installPackages();

// For require() and for import(): our sources use both.
require('tsx/cjs/api').register();
(await import('tsx/esm/api')).register();
require(/^test(:|$)/.test(process.argv[2] ?? '') ? './test/run.ts' : './cli/src/main.ts');

/** Node 20.19, or 22.12 and newer: what lies below or between cannot `require()` ES modules, as jose is one. */
function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if ((major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22) return;
  fail(
    `Portcullis needs Node 20.19 or newer of that line, or 22.12 or newer; this is ${process.versions.node}. Install a current LTS release.`,
  );
}

/** tsx, too, keeps what it compiles there, and would only say ENOENT. */
function requireTemporaryFolder() {
  try {
    rmdirSync(mkdtempSync(join(tmpdir(), 'portcullis-')));
  } catch (error) {
    fail(
      `Portcullis cannot write its temporary files to ${tmpdir()} (${error.code}). Make it writable or free some space there, or name another folder in TMPDIR.`,
    );
  }
}

/**
 * Installs the lock file's packages, and runs none of their install scripts: any of a thousand could do what it likes,
 * with the credentials of whoever installs.
 */
function installPackages() {
  const lock = readFileSync('package-lock.json');
  const wanted = createHash('sha256').update(lock).digest('hex');
  if (existsSync(SEEN) && readFileSync(SEEN, 'utf8') === wanted) return;

  if (!areInstalled(JSON.parse(lock).packages)) {
    console.error('Installing packages (npm ci) ...');
    const started = Date.now();
    const npm = process.env.npm_execpath;
    const [command, ...given] = npm ? [process.execPath, npm] : ['npm'];
    const { status } = spawnSync(
      command,
      [...given, 'ci', '--ignore-scripts', '--no-fund', '--no-audit', '--loglevel=error'],
      { stdio: ['ignore', 2, 2], env: { ...npmCache(), ...process.env } },
    );
    if (status !== 0) fail('npm ci failed: see its messages above. Running this command again is safe.');
    console.error(`Installed packages in ${Math.round((Date.now() - started) / 1000)} s`);
  }
  writeFileSync(SEEN, wanted);
}

/** Whether npm noted that it installed what the lock file has, but for optional packages of other platforms. */
function areInstalled(wanted) {
  if (!existsSync(NOTED)) return false;
  const { packages: installed } = JSON.parse(readFileSync(NOTED, 'utf8'));
  // By content: npm does not put every package where its lock file says.
  const contents = (packages) =>
    new Set(Object.entries(packages).map(([path, { integrity }]) => integrity ?? path));
  const needed = Object.entries(wanted).filter(([path, { optional }]) => path !== '' && !optional);
  const [there, known] = [contents(installed), contents(wanted)];
  return (
    [...contents(Object.fromEntries(needed))].every((one) => there.has(one)) &&
    [...there].every((one) => known.has(one))
  );
}

/** npm keeps what it downloads below the home folder, which need not be writable where ours is named. */
function npmCache() {
  const { PORTCULLIS_CACHE: ours } = process.env;
  return ours ? { npm_config_cache: join(ours, 'npm') } : {};
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
