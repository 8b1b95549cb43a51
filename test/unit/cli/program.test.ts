import type { Command } from 'commander';
import { createProgram as programOf, run, withSubcommands } from '../../../cli/src/program';
import { WITH_START } from '../../../cli/src/start/with-start';
import { sourcesIn } from '../../support/documents/sources';

const createProgram = (args?: readonly string[]): Promise<Command> => programOf(args, WITH_START);

/** What exits with its own codes instead of 2, because its 2 is a result: `notice` of a plan, `blind` of a scan. */
const USAGE: Readonly<Record<string, number>> = { plan: 1, 'policy-diff': 1, verify: 1, 'zap-gate': 3 };

/** Commander looks for these first. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  'identity plan': ['--environment', 'staging'],
  'identity apply': ['--environment', 'staging'],
  'identity secret': ['--environment', 'staging'],
  'identity destroy': ['--environment', 'staging'],
  whois: ['--reason', 'ticket 4711'],
  rollback: ['prod'],
  revoke: ['--reason', 'ticket 4711'],
  token: ['pro'],
  verify: ['https://staging.example.com', '--environment', 'staging'],
  'limits probe': ['--token-file', 'token', '--at-least', '1/1m'],
  'limits set': ['--until', '2h', '--reason', 'a launch'],
};

const pathOf = (command: Command): string[] =>
  command.parent ? [...pathOf(command.parent), command.name()] : [];

const commands = [
  '',
  'start',
  'init',
  'create',
  'lock',
  'plan',
  'deploy',
  'rollback',
  'secrets',
  'secrets status',
  'secrets put',
  'secrets sweep-redis',
  'secrets end-leases',
  'identity',
  'identity plan',
  'identity apply',
  'identity secret',
  'identity destroy',
  'token',
  'whois',
  'revoke',
  'limits',
  'limits show',
  'limits set',
  'limits unset',
  'limits top',
  'limits reset',
  'limits probe',
  'policy-diff',
  'verify',
  'zap-gate',
  'workflows',
  'doctor',
  'explain',
].map((path) => path.split(' ').filter((name) => name !== ''));

it('has these commands, and loads the one alone that its arguments name', async () => {
  const paths = withSubcommands(await createProgram()).map((command) => pathOf(command));
  expect(paths).toEqual(commands);
  const { commands: loaded } = await createProgram(['zap-gate', 'report_json.json']);
  expect(loaded.map((command) => command.name())).toEqual(['zap-gate']);
});

it.each([
  ['help', 'plan'],
  ['--', 'plan'],
])('loads the one that is named by %s %s', async (...args) => {
  const { commands: loaded } = await createProgram(args);
  expect(loaded.map((command) => command.name())).toEqual(['plan']);
});

it('lists all commands without loading one: each by its name, in a line or two', async () => {
  const { commands: listed } = await createProgram(['--help']);
  expect(listed.map((command) => command.name())).toEqual(
    (await createProgram()).commands.map((command) => command.name()),
  );
  for (const command of listed) {
    expect(command.options).toEqual([]);
    expect(command.description()).toMatch(/^.{10,80}$/);
  }
});

interface Outcome {
  readonly code: string | number | undefined;
  readonly output: string;
  readonly errors: string;
}

/** Runs the command with actions that fail the test: parsing alone is to decide. */
async function portcullis(...args: readonly string[]): Promise<Outcome> {
  let output = '';
  let errors = '';
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => ((output += String(text)), true));
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => ((errors += String(text)), true));
  jest.spyOn(console, 'error').mockImplementation((...parts) => void (errors += `${parts.join(' ')}\n`));
  const program = await createProgram(args);
  for (const command of withSubcommands(program).filter(({ commands }) => commands.length === 0))
    command.action(() => {
      throw new Error('it ran');
    });
  const before = process.exitCode;
  process.exitCode = 0;
  try {
    await run(program, args);
    return { code: process.exitCode, output, errors };
  } finally {
    process.exitCode = before;
    jest.restoreAllMocks();
  }
}

describe.each(commands.map((path) => [['portcullis', ...path].join(' '), path] as const))(
  '%s',
  (name, path) => {
    it('prints its help, and runs nothing', async () => {
      const { code, output, errors } = await portcullis(...path, '--help');
      expect({ code, errors }).toEqual({ code: 0, errors: '' });
      expect(output).toContain(`Usage: ${name}`);
      expect(output).toContain(`Called wrongly, it exits ${USAGE[path[0] ?? ''] ?? 2}.`);
      // Without a terminal that says otherwise, and without its control sequences.
      for (const line of output.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
      // eslint-disable-next-line no-control-regex
      expect(output).not.toMatch(/\u001b/);
    });

    it('refuses an option that it does not know, in one line', async () => {
      const { code, output, errors } = await portcullis(
        ...path,
        ...(REQUIRED[path.join(' ')] ?? []),
        '--colour',
      );
      expect({ code, output }).toEqual({ code: USAGE[path[0] ?? ''] ?? 2, output: '' });
      expect(errors).toBe(`${name}: unknown option '--colour'; see \`npx ${name} --help\`\n`);
    });
  },
);

it('the package’s own start takes a command, and fits 80 columns too', async () => {
  const [start] = (await programOf(['start'])).commands;
  expect(start?.registeredArguments.map((one) => [one.name(), one.required])).toEqual([['command', true]]);
  const help = start?.helpInformation() ?? '';
  for (const line of help.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

it('every command that does something can say it as JSON', async () => {
  const leaves = [...withSubcommands(await createProgram()), ...withSubcommands(await programOf(['start']))]
    .filter((command) => command.commands.length === 0)
    .map((command) => [pathOf(command).join(' '), command.options.some(({ long }) => long === '--json')]);
  expect(leaves.length).toBeGreaterThan(25);
  expect(leaves.filter(([, hasJson]) => !hasJson).map(([name]) => name)).toEqual([]);
});

it('colours are decided in one place, by the stream and NO_COLOR', () => {
  const written = sourcesIn('cli/src').filter(({ text }) =>
    /\\u001b\[|\\x1b\[|\bstyleText\b|\bFORCE_COLOR\b/.test(text),
  );
  expect(written.map(({ fileName }) => fileName)).toEqual(['cli/src/terminal/paint.ts']);
});

describe('portcullis', () => {
  it('prints its version', async () => {
    const { code, output } = await portcullis('--version');
    expect({ code, output }).toEqual({
      code: 0,
      output: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string,
    });
  });

  it.each([
    ['an unknown command', ['plam'], 2, "portcullis: unknown command 'plam' (did you mean plan?)"],
    ['an unknown subcommand', ['limits', 'shwo'], 2, "portcullis limits: unknown command 'shwo'"],
    ['no environment', ['rollback'], 2, "portcullis rollback: missing required argument 'environment'"],
    [
      'no organisation',
      ['limits', 'show'],
      2,
      "portcullis limits show: missing required argument 'organisation'",
    ],
    [
      'no organisation',
      ['limits', 'reset'],
      2,
      "portcullis limits reset: missing required argument 'organisation'",
    ],
    ['no address', ['limits', 'probe'], 2, 'portcullis limits probe: '],
    [
      'no field',
      ['secrets', 'put', 'secret/a'],
      2,
      "portcullis secrets put: missing required argument 'field'",
    ],
    ['no report', ['zap-gate'], 3, "portcullis zap-gate: missing required argument 'report.json'"],
    ['no value', ['plan', '--out'], 1, "portcullis plan: option '--out <file>' argument missing"],
    ['no value', ['lock', '-e'], 2, "portcullis lock: option '-e, --environment <name>' argument missing"],
    [
      'a bad value',
      ['secrets', 'put', 'secret/a', 'b', '--cas', 'new'],
      2,
      "argument 'new' is invalid. give a version",
    ],
    [
      'a bad value',
      ['limits', 'probe', 'https://api.example.com', '--token-file', 'token', '--at-least', 'lots'],
      2,
      "argument 'lots' is invalid. give a limit such as 100000/1m",
    ],
    ['a bad value', ['start', '--port', '0'], 2, "argument '0' is invalid. give a number from 1 to 65535"],
    ['a bad value', ['zap-gate', 'report.json', '--min-urls', '0'], 3, "argument '0' is invalid"],
    ['more arguments than it takes', ['start', 'now'], 2, 'portcullis start: too many arguments'],
    ['more arguments than it takes', ['workflows', 'now'], 2, 'portcullis workflows: too many arguments'],
    [
      'more arguments than it takes',
      ['secrets', 'status', 'now'],
      2,
      'portcullis secrets status: too many arguments',
    ],
  ])('refuses %s in one line: %j', async (_, args, code, problem) => {
    const refused = await portcullis(...args);
    expect(refused).toMatchObject({ code, output: '' });
    expect(refused.errors).toContain(problem);
    expect(refused.errors).toMatch(/^portcullis.*; see `npx portcullis.* --help`\n$/);
  });

  it.each([
    [['secrets', 'put', 'secret/a', 'b', 'canary']],
    [['secrets', 'put', 'secret/a', 'b', '--value=canary']],
  ])('does not repeat a secret that was typed in the wrong place: %j', async (args) => {
    const { code, errors } = await portcullis(...args);
    expect(code).toBe(2);
    expect(errors).not.toContain('canary');
  });

  it('says what it takes when nothing is asked of it, or of a group of commands', async () => {
    for (const args of [[], ['secrets'], ['limits']]) {
      const { code, errors } = await portcullis(...args);
      expect(code).toBe(2);
      expect(errors).toContain(`Usage: ${['portcullis', ...args].join(' ')}`);
    }
  });
});

it('hands on what stands behind the command of an app, with -- and without, as Yarn 1 takes it away', async () => {
  const app = ['node', '--import', 'tsx', 'server.ts'];
  for (const given of [['--', ...app], app]) {
    const [start] = (await programOf(['start'])).commands;
    expect(start?.parseOptions(['--port', '8080', ...given])).toEqual({ operands: app, unknown: [] });
    expect(start?.opts()).toMatchObject({ port: 8_080 });
  }
});
