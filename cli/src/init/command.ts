import type { Command } from 'commander';
import { PortcullisError } from '../errors';
import { painter } from '../terminal/paint';
import { parsePort } from '../options/port';
import { confirmed } from '../terminal/question';
import { apply, changesOf, type Changes } from './changes';
import { plain } from '../terminal/text';
import { detect, type FoundApi } from './detect';
import { policyFile } from './written/files';
import { byHand } from './written/protect';
import { EXECUTES } from '../terminal/command-name';

interface InitOptions {
  readonly entry?: string;
  readonly port?: number;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** `portcullis init`: exit code 0 written, or nothing to write; 1 not possible, 2 not confirmed or called wrongly. */
export function register(program: Command): void {
  program
    .command('init')
    .description(
      'gives the API in this folder what Portcullis needs: a policy whose tiers are all in shadow, portcullis.config.ts, ' +
        'stacks, and the packages in package.json. Shows it first; a file that is there is never overwritten',
    )
    .option('--entry <file>', 'what starts the API (default: as package.json says, or is usual)')
    .option('--port <port>', 'where it listens (default: as its entry says)', parsePort)
    .option('--dry-run', 'show what would be written, whole, and write nothing')
    .option('--yes', 'do not ask')
    .option('--json', 'one JSON object on standard output')
    .action(init);
}

async function init({ dryRun = false, yes = false, json = false, ...named }: InitOptions): Promise<void> {
  const api = await detect(process.cwd(), named);
  const changes = await changesOf(api);
  if (json && !dryRun && !yes)
    throw new PortcullisError('ERR_SETTING', 'with --json nobody is asked', 'add --yes, or --dry-run');
  if (!json) console.log(render(api, changes, dryRun));
  const isAgreed =
    !dryRun && changes.written.length > 0 && (yes || (await confirmed(`Write to ${api.folder}?`)));
  if (isAgreed) await apply(api.folder, changes);
  else if (!dryRun && changes.written.length > 0) {
    console.error('portcullis: nothing was written');
    process.exitCode = 2;
    return;
  }
  const steps = nextSteps(api, changes);
  if (json) {
    const { framework, entry, port, packageManager, routes, skipped } = api;
    const written = changes.written.map(({ path, added }) => ({ path, ...(added && { added }) }));
    console.log(
      JSON.stringify(
        {
          framework,
          entry,
          port,
          packageManager,
          routes,
          skipped,
          isWritten: isAgreed,
          written,
          kept: changes.kept,
          steps,
        },
        null,
        2,
      ),
    );
  } else if (isAgreed) console.log(`\nWritten. Next:\n${steps.map((step) => `  ${step}`).join('\n')}`);
}

/** Whole files with --dry-run; else their names, and every line that a file of theirs would get. */
function render(api: FoundApi, { written, kept }: Changes, isWhole: boolean): string {
  const paint = painter(process.stdout);
  const { framework, entry, port, packageManager, routes, skipped } = api;
  const count = `${routes.length} ${routes.length === 1 ? 'route' : 'routes'} found`;
  return [
    `${framework}, started by ${entry}, port ${port}, ${packageManager}; ${count}`,
    ...skipped.map(({ method, path }) => `no route that a policy can have: ${method} ${plain(path)}`),
    '',
    ...written.flatMap(({ path, content, added }) => [
      `${added === undefined ? 'new    ' : 'changed'}  ${path}`,
      ...(added ?? (isWhole ? content.trimEnd().split('\n') : [])).map((line) =>
        paint('green', `  + ${line}`),
      ),
    ]),
    ...kept.map((path) => `stays    ${path}`),
    ...(written.length === 0 ? ['Nothing is missing.'] : []),
  ].join('\n');
}

function nextSteps(api: FoundApi, { kept }: Changes): string[] {
  const start = /\.[cm]?ts$/.test(api.entry) ? `node --import tsx ${api.entry}` : `node ${api.entry}`;
  // It will be a package of that API, whoever runs it now.
  const run = EXECUTES[api.packageManager];
  const hasApp = kept.includes('cdktf.json') || kept.includes('stacks/main.ts');
  return [
    `${api.packageManager} install`,
    ...byHand(api),
    `${policyFile(api)}: every route that ${api.entry} does not show, as of routers: what is not listed is answered 403`,
    ...(hasApp ? ["the app of cdktf.json: new VaultStack(app, 'local'), of stacks/vault-stack.ts"] : []),
    `${run} portcullis start -- ${start}`,
    `${run} portcullis token pro        # in another terminal, for curl`,
  ];
}
