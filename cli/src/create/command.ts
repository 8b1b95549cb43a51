import { InvalidArgumentError, type Command } from 'commander';
import { relative } from 'node:path';
import { PortcullisError } from '../errors';
import { parsePort } from '../options/port';
import { asks } from '../terminal/question';
import { filesOf } from './files';
import { newApi } from './new-api';
import { refuseUnlessEmpty, writeFolder } from './write-folder';

interface CreateOptions {
  readonly port?: number;
  readonly codeOwners?: readonly string[];
  readonly yes?: boolean;
  readonly json?: boolean;
}

const DEFAULTS = { folder: 'orders-api', port: 3_000 } as const;

/** `portcullis create`: exit code 0 written, 1 not possible, 2 not answered or called wrongly. */
export function register(program: Command): void {
  program
    .command('create')
    .description(
      'writes a new API into a folder of its own, which may not hold anything: three routes of Express, policy.ts, ' +
        'portcullis.config.ts, stacks, a test and a workflow. `npm create portcullis@latest` runs it',
    )
    .argument('[folder]', `its name is the API's (default: ${DEFAULTS.folder})`)
    .option('--port <port>', `where it listens when PORT says nothing (default: ${DEFAULTS.port})`, parsePort)
    .option('--code-owners <owner...>', 'who reviews every change, as in @example/platform (default: nobody)')
    .option('--yes', 'ask nothing: the default of whatever is not named')
    .option('--json', 'one JSON object on standard output; asks nothing')
    .action(create);
}

async function create(named: string | undefined, options: CreateOptions): Promise<void> {
  const isAsked = !options.yes && !options.json && process.stdin.isTTY;
  const answers: Answers | undefined = isAsked ? await asked(named, options) : options;
  if (answers === undefined) {
    console.error('portcullis: nothing was written');
    process.exitCode = 2;
    return;
  }
  const { folder = named ?? DEFAULTS.folder, port = DEFAULTS.port, codeOwners = [] } = answers;
  const api = newApi(folder, port);
  await refuseUnlessEmpty(api.folder);
  const files = await filesOf(api, codeOwners);
  await writeFolder(api.folder, files);
  const steps = [
    `cd ${relative('.', api.folder)}`,
    ...['npm install', 'npm start', 'npx portcullis token pro   # in another terminal, for curl'],
  ];
  const written = Object.keys(files);
  if (options.json)
    console.log(JSON.stringify({ folder: api.folder, name: api.name, written, steps }, null, 2));
  else
    console.log(
      [
        `${api.name}: ${written.length} files in ${api.folder}`,
        ...written.map((path) => `  ${path}`),
        '',
        'Next:',
        ...steps.map((step) => `  ${step}`),
      ].join('\n'),
    );
}

interface Answers {
  readonly folder?: string;
  readonly port?: number;
  readonly codeOwners?: readonly string[];
}

/** What no flag says; undefined where the input ends. */
async function asked(
  folder: string | undefined,
  { port, codeOwners }: CreateOptions,
): Promise<Answers | undefined> {
  const answers = await asks({ input: process.stdin, output: process.stderr }, [
    ...(folder === undefined ? [{ name: 'folder', question: 'Folder', byDefault: DEFAULTS.folder }] : []),
    ...(port === undefined ? [{ name: 'port', question: 'Port', byDefault: String(DEFAULTS.port) }] : []),
    ...(codeOwners === undefined
      ? [{ name: 'owners', question: 'Who reviews changes, as in @example/platform', byDefault: '' }]
      : []),
  ]);
  if (answers === undefined) return undefined;
  return {
    folder: folder ?? answers.folder ?? '',
    port: port ?? portOf(answers.port ?? ''),
    codeOwners: codeOwners ?? (answers.owners ?? '').split(/[\s,]+/).filter((owner) => owner !== ''),
  };
}

function portOf(text: string): number {
  try {
    return parsePort(text);
  } catch (cause) {
    if (!(cause instanceof InvalidArgumentError)) throw cause;
    throw new PortcullisError('ERR_SETTING', `the port is ${JSON.stringify(text)}`, cause.message, { cause });
  }
}
