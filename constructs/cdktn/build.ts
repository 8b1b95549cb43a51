/**
 * Makes `@portcullis/constructs-cdktn` in `dist` here, from what was compiled of the constructs: see docs/cdktn.md.
 * It has their version, their dependencies and their exports.
 */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { forCdktn } from './for-cdktn';

const CONSTRUCTS = join(__dirname, '..');
const TARGET = join(__dirname, 'dist');

function build(): void {
  rmSync(TARGET, { recursive: true, force: true });
  const compiled = join(CONSTRUCTS, 'dist');
  for (const file of readdirSync(compiled, { recursive: true, encoding: 'utf8' })) {
    if (!/\.(js|d\.ts|map)$/.test(file)) continue;
    const text = readFileSync(join(compiled, file), 'utf8');
    const target = join(TARGET, 'dist', file);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, file.endsWith('.map') ? mapped(text) : forCdktn(text));
  }
  // Its scripts compile, and here nothing is left to.
  const manifest = { ...manifestIn(join(CONSTRUCTS, 'package.json')), scripts: undefined };
  const own = manifestIn(join(__dirname, 'manifest.json'));
  writeFileSync(join(TARGET, 'package.json'), `${JSON.stringify({ ...manifest, ...own }, null, 2)}\n`);
  copyFileSync(join(__dirname, 'README.md'), join(TARGET, 'README.md'));
  copyFileSync(join(CONSTRUCTS, 'LICENSE'), join(TARGET, 'LICENSE'));
}

/** What a debugger shows is what runs. */
function mapped(map: string): string {
  const { sourcesContent, ...rest } = JSON.parse(map) as { readonly sourcesContent: readonly string[] };
  return JSON.stringify({ ...rest, sourcesContent: sourcesContent.map(forCdktn) });
}

function manifestIn(file: string): Readonly<Record<string, unknown>> {
  return JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, unknown>>;
}

build();
