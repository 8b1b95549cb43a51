/**
 * `npm test` and the commands beside it: prepares the engines that the tests run on, then hands over to jest.
 * Engines come first, because a build of minutes inside of a test would look like a hang.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { stripVTControlCharacters, styleText } from 'node:util';
import { buildArgv } from 'jest';
import { messageOf, PortcullisError } from '../cli/src/errors';
import type { Progress } from '../cli/src/engines/progress';
import { unusedServers } from '../cli/src/local/generic-variables';
import { showProgress } from '../cli/src/terminal/progress';
import {
  prepareApiEngines,
  prepareContainers,
  prepareEdgeEngines,
  prepareEngines,
  prepareExamples,
  prepareLibraries,
  preparePackages,
  prepareProviders,
  prepareTasks,
} from './support/prepare-engines';
import { FUZZ_AT_LENGTH } from './support/fuzzing';

interface Suite {
  readonly about: string;
  readonly prepare: (progress: Progress) => Promise<void>;
  readonly jest: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

const SUITES: Readonly<Record<string, Suite>> = {
  test: {
    about: 'every test, the ones on real engines included; what fuzzes or repeats is brief',
    prepare: prepareEngines,
    jest: [],
  },
  'test:fuzz': {
    about: 'the tests that fuzz or repeat, at length',
    prepare: prepareEngines,
    jest: ['--findRelatedTests', 'test/support/fuzzing.ts'],
    env: { [FUZZ_AT_LENGTH]: 'true' },
  },
  'test:release': {
    about:
      "what breaks under load, while it deploys or while it gives servers back, and a company's own repository: 7 minutes",
    prepare: prepareEngines,
    jest: ['--config', 'test/release/jest.config.js'],
  },
  'test:api': {
    about: 'calls the example API as its OpenAPI document says, and otherwise, by Schemathesis: a minute',
    prepare: prepareApiEngines,
    jest: ['--config', 'test/api/jest.config.js'],
  },
  'test:libraries': {
    about:
      'works with ORMs, queues and poolers while all that is leased is replaced, as docs/libraries.md shows: 3 minutes',
    prepare: prepareLibraries,
    jest: ['--config', 'test/libraries/jest.config.js'],
  },
  'test:examples': {
    about:
      'asks the examples of NestJS, Fastify, Koa, Hono and WebSockets what Express is asked, and compares: a minute',
    prepare: prepareExamples,
    jest: ['--config', 'test/examples/jest.config.js'],
  },
  'test:tasks': {
    about:
      "does what pages tell a newcomer to do, by scripts whose commands are the pages' own, on real servers: 2 minutes",
    prepare: prepareTasks,
    jest: ['--config', 'test/tasks/jest.config.js'],
  },
  'test:packages': {
    about:
      'publishes the packages to a registry on loopback and installs them by name, as strangers do, by npm and pnpm: 10\n' +
      'minutes',
    prepare: preparePackages,
    jest: ['--config', 'test/packages/jest.config.js'],
  },
  'test:providers': {
    about:
      'signs in at a real Keycloak and a real Ory Hydra, by their presets: 3 minutes. Needs Java, Maven and Go',
    prepare: prepareProviders,
    jest: ['--config', 'test/providers/jest.config.js'],
  },
  'test:edge': {
    about:
      'applies the AWS stacks of an environment to a server that speaks AWS, with the real provider, and reads back\n' +
      'what is there. Where no provider registry answers, the provider is built once, with the services that are used:\n' +
      'about 6 minutes on two cores, 5 GB of disk meanwhile',
    prepare: prepareEdgeEngines,
    jest: ['--config', 'test/edge/jest.config.js'],
  },
  'test:containers': {
    about:
      'builds the image by a container engine of its own, and starts dev, staging and prod as the task definitions say\n' +
      'that were applied to AWS, with what a person, a merge and a bad night do to them: 6 minutes. Needs root, on Debian',
    prepare: prepareContainers,
    jest: ['--config', 'test/containers/jest.config.js'],
  },
};

/** What guards a release rather than a commit. What waits longest for its engines comes last. */
const FULL = {
  name: 'test:full',
  parts: [
    'test:fuzz',
    'test:release',
    'test:nodes',
    'test:api',
    'test:libraries',
    'test:examples',
    'test:tasks',
    'test:packages',
    'test:providers',
    'test:edge',
    'test:containers',
  ],
};

async function main([name = 'test', ...given]: readonly string[]): Promise<number> {
  if (given.includes('--help') || given.includes('-h')) {
    process.stdout.write(usage(name));
    return 0;
  }
  if (name === FULL.name) return runAll(FULL.parts, given);
  const suite = SUITES[name];
  if (suite === undefined) throw unknown(name);

  const forJest = [...suite.jest, ...given.filter((argument) => argument !== PREPARE)];
  // Before minutes of work, not after them.
  const { listTests, showConfig } = await parsed(name, forJest);
  const unused = unusedServers(process.env, { canBeNamed: false });
  if (unused !== undefined) console.error(`${commandOf(name)}: ${unused}`);
  if (!listTests && !showConfig) await suite.prepare(showProgress(process.stderr));
  if (given.includes(PREPARE)) return 0;
  return run(process.execPath, [require.resolve('./support/run-jest.js'), ...forJest], suite.env);
}

const PREPARE = '--prepare';

/** As jest reads its arguments. It answers `--version` itself, and ends this process. */
async function parsed(name: string, forJest: readonly string[]): ReturnType<typeof buildArgv> {
  return buildArgv([...forJest]).catch((cause: unknown) => {
    // Without its heading, and without the address of its documentation.
    const problem = stripVTControlCharacters(messageOf(cause))
      .replace(/^\s*●.*$/m, '')
      .replace(/CLI Options Documentation:[^]*/, '')
      .trim()
      .replace(/\s+/g, ' ')
      .replace(/\.$/, '');
    const command = commandOf(name);
    throw new PortcullisError(
      'ERR_SETTING',
      `${command}: ${problem}`,
      `${command} -- --help says what there is`,
      { cause },
    );
  });
}

/** Each part runs, whatever became of the ones before it. */
async function runAll(parts: readonly string[], given: readonly string[]): Promise<number> {
  if (given.length > 0) {
    const remedy = `give it to one of its parts: ${parts.join(', ')}`;
    throw new PortcullisError('ERR_SETTING', `${FULL.name} received ${given.join(' ')}`, remedy);
  }
  const failed: string[] = [];
  for (const part of parts) {
    process.stdout.write(`\n${styleText('bold', `npm run ${part}`)}\n`);
    if ((await run('npm', ['run', '--silent', part])) !== 0) failed.push(part);
  }
  process.stdout.write(failed.length === 0 ? '\nEvery part passed\n' : `\nFailed: ${failed.join(', ')}\n`);
  return failed.length === 0 ? 0 : 1;
}

async function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<number> {
  const child = spawn(command, args, { stdio: 'inherit', env: { ...process.env, ...env } });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}

function commandOf(name: string): string {
  return name === 'test' ? 'npm test' : `npm run ${name}`;
}

function usage(name: string): string {
  const command = commandOf(name);
  if (name === FULL.name) {
    const parts = FULL.parts.map((part) => `  npm run ${part}\n`).join('');
    return `Usage: ${command}\n\nRuns, one after the other, what guards a release rather than a commit:\n${parts}`;
  }
  const suite = SUITES[name];
  if (suite === undefined) throw unknown(name);
  return [
    `Usage: ${command} [-- [--prepare] [jest's arguments...]]`,
    '',
    `${suite.about}.`,
    '',
    '  --prepare   finds, downloads or builds the engines, and runs no test',
    '  --help      this',
    '',
    'What else is given goes to jest (npx jest --help), as in:',
    `  ${command} -- -t "part of a test's name"`,
    ...(name === 'test' ? [`  ${command} -- --selectProjects unit   (unit, synth, integration)`] : []),
    '',
  ].join('\n');
}

function unknown(name: string): PortcullisError {
  return new PortcullisError(
    'ERR_SETTING',
    `there is no suite named ${name}`,
    `run one of ${[...Object.keys(SUITES), FULL.name].join(', ')}`,
  );
}

main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    if (error instanceof PortcullisError) console.error(`${error.problem}\n  → ${error.remedy}`);
    else console.error(error);
    process.exitCode = error instanceof PortcullisError && error.code === 'ERR_SETTING' ? 2 : 1;
  },
);
