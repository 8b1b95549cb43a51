/** Walks through a job as a runner does: each script by bash, by a user who is not root, with the tables' commands alone. */
import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onPath } from '../../../cli/src/engines/install/on-path';
import { BROUGHT_BY_ACTIONS, BROUGHT_BY_PACKAGES, BROUGHT_BY_THE_RUNNER, NEEDED } from './runner';

export interface WalkedStep {
  readonly name: string;
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface WalkedJob {
  readonly env?: Readonly<Record<string, string>>;
  readonly steps?: readonly WalkedStep[];
}

/** `nobody`, where we are root: the runner's user is not. */
const NOBODY = { uid: 65_534, gid: 65_534 };

/** Values of expressions. Any other is a word. */
const VALUES: Readonly<Record<string, string>> = {
  'github.ref_name': 'v1.2.3',
  'vars.STAGING_URL': 'https://staging.example.com',
  'vars.ZAP_IMAGE': `ghcr.io/zaproxy/zaproxy:stable@sha256:${'0'.repeat(64)}`,
};

/** What a service answers, whichever is asked. */
const ANSWER = JSON.stringify({
  access_token: 'token',
  release: 'value',
  data: { role_id: 'role' },
  wrap_info: { token: 'wrapped' },
});

/** What the pretended commands do besides being noted, in bash. */
const PRETENCES: Readonly<Record<string, string>> = {
  curl: `echo '${ANSWER}'`,
  gh: `case "$*" in *'run download'*) mkdir -p "$RUNNER_TEMP/reviewed" && echo '{}' > "$RUNNER_TEMP/reviewed/reviewed.json" ;; *--paginate*) echo '[]' ;; esac`,
  bash: 'needs "bash $*"',
  docker: `case "$*" in inspect*) echo "$IMAGE@sha256:${'1'.repeat(64)}" ;; esac`,
  npm: [
    'case "$*" in',
    '  "ci --ignore-scripts") mkdir -p node_modules ;;',
    '  "run --silent portcullis -- "*)',
    '    [ -d node_modules ] || { echo "npm: nothing is installed" >&2; exit 1; }',
    '    needs "portcullis $5"',
    '    while [ $# -gt 0 ]; do case "$1" in --out | --markdown) echo "{}" > "$2" ;; esac; shift; done ;;',
    '  "audit signatures") [ -d node_modules ] ;;',
    `  query*) echo '[{ "location": "runtime" }]' ;;`,
    '  "run docs:api") mkdir -p docs/api ;;',
    '  "run build" | "pkg set "* | "install "* | "publish "*) ;;',
    '  "pack "*)',
    `    mkdir -p package && echo '{ "name": "@portcullis/runtime" }' > package/package.json`,
    '    tar --create --file "$RUNNER_TEMP/portcullis-runtime.tgz" package ;;',
    '  "sbom "*) echo "{}" ;;',
    '  *) echo "npm: unexpected $*" >&2; exit 1 ;;',
    'esac',
  ].join('\n'),
};

/**
 * Runs every script of the job, those for failures too.
 * @throws Error that names the step, when a command is missing or it fails
 */
export async function walk(folder: string, job: WalkedJob): Promise<void> {
  const runner = await Runner.in(folder);
  for (const step of job.steps ?? []) {
    if (step.uses !== undefined) await runner.use(step);
    if (step.run !== undefined) await runner.run(step, { ...job.env, ...step.env });
  }
}

class Runner {
  private constructor(private readonly folder: string) {}

  static async in(folder: string): Promise<Runner> {
    const runner = new Runner(folder);
    await mkdir(join(folder, 'bin'));
    await mkdir(join(folder, 'work'));
    await writeFile(join(folder, 'noted'), '');
    await chmod(folder, 0o755);
    if (process.getuid?.() === 0) {
      for (const path of ['work', 'noted']) await chown(join(folder, path), NOBODY.uid, NOBODY.gid);
    }
    for (const [command, how] of Object.entries(BROUGHT_BY_THE_RUNNER)) {
      if (how === 'pretended') await runner.bring(command);
      else await symlink((await onPath(command)) ?? '', join(folder, 'bin', command));
    }
    return runner;
  }

  async use({ name, uses = '' }: WalkedStep): Promise<void> {
    const action = uses.replace(/@.*/, '');
    const brought = BROUGHT_BY_ACTIONS[action];
    if (brought === undefined) throw new Error(`${name}: what does ${action} bring? Say it in runner.ts`);
    for (const command of brought) await this.bring(command);
  }

  async run({ name, run = '' }: WalkedStep, env: Readonly<Record<string, string>>): Promise<void> {
    const work = join(this.folder, 'work');
    const file = (which: string): string => join(work, `.${which}`);
    const variables = {
      ...Object.fromEntries(Object.entries(env).map(([key, value]) => [key, evaluated(value)])),
      PATH: join(this.folder, 'bin'),
      NOTED: join(this.folder, 'noted'),
      GITHUB_STEP_SUMMARY: file('summary'),
      GITHUB_OUTPUT: file('output'),
      GITHUB_RUN_ID: '7',
      GITHUB_REPOSITORY: 'example/orders',
      GITHUB_SHA: 'a'.repeat(40),
      GITHUB_REF: 'refs/heads/main',
      RUNNER_TEMP: work,
    };
    // What the action of the scan and our own commands leave behind.
    for (const file of ['report_json.json', 'zap.sarif', 'verify.sarif'])
      await writeFile(join(work, file), '{}');
    // What the checkout brings of a release.
    for (const place of ['.changeset', 'runtime']) await mkdir(join(work, place), { recursive: true });
    await writeFile(join(work, 'runtime/package.json'), '{ "version": "1.2.3" }');
    const { code, stderr } = await new Promise<{ code: unknown; stderr: string }>((resolve) => {
      const options = { cwd: work, env: variables, ...(process.getuid?.() === 0 && NOBODY) };
      const args = ['--noprofile', '--norc', '-eo', 'pipefail', '-c', evaluated(run)];
      execFile('/bin/bash', args, options, (error, _, said) =>
        resolve({ code: error?.code ?? 0, stderr: said }),
      );
    });
    if (code !== 0 || /command not found|unbound variable/.test(stderr)) {
      throw new Error(`${name}: ended with ${String(code)}\n${stderr}`);
    }
    await this.becomeRoot(name);
  }

  /** Does what the step did as root, as far as it brings commands. */
  private async becomeRoot(name: string): Promise<void> {
    const noted = (await readFile(join(this.folder, 'noted'), 'utf8')).split('\n');
    for (const line of noted.filter((each) => each.startsWith('sudo '))) {
      const [, program, ...args] = line.split(' ');
      const names = args.filter((arg) => !arg.startsWith('-'));
      if (program === 'apt-get' && names[0] === 'update') continue;
      if (program === 'apt-get' && names[0] === 'install') {
        for (const each of names.slice(1)) {
          const brought = BROUGHT_BY_PACKAGES[each];
          if (brought === undefined) throw new Error(`${name}: what does ${each} bring? Say it in runner.ts`);
          for (const command of brought) await this.bring(command);
        }
      } else if (program === 'tar' && args.includes('/usr/local/bin')) {
        await this.bring(names.at(-1) ?? '');
      } else throw new Error(`${name}: what does this do as root? ${line}`);
    }
  }

  /** Puts a command on PATH that notes how it is called. */
  private async bring(command: string): Promise<void> {
    const needs = Object.entries(NEEDED).map(
      ([ours, commands]) => `    '${ours}') set -- ${commands.join(' ')} ;;`,
    );
    const script = [
      '#!/bin/bash',
      `echo "${command} $*" >> "$NOTED"`,
      'needs() {',
      '  case "$1" in',
      ...needs,
      '    *) echo "runner.ts does not say what $1 needs" >&2; exit 1 ;;',
      '  esac',
      '  for each in "$@"; do command -v "$each" > /dev/null || { echo "$each: command not found" >&2; exit 127; }; done',
      '}',
      PRETENCES[command] ?? '',
      // Who writes into a pipe that nobody reads is ended by SIGPIPE, now and then.
      'if [ -p /dev/stdin ]; then while read -r _; do :; done; fi',
      '',
    ];
    const file = join(this.folder, 'bin', command);
    await writeFile(file, script.join('\n'));
    await chmod(file, 0o755);
  }
}

function evaluated(text: string): string {
  return text.replace(/\$\{\{\s*(.*?)\s*\}\}/g, (_, expression: string) => VALUES[expression] ?? 'value');
}
