import ts from 'typescript';
import { adds, calledAs, nameCommand, typed } from '../../../../cli/src/terminal/command-name';
import { WITH_START } from '../../../../cli/src/start/with-start';
import { nodesOf, parse, sourcesIn } from '../../../support/documents/sources';

const FOLDER = '/home/ada/orders/stacks';
const LOCAL = '/home/ada/orders/node_modules/.bin/portcullis';
const GLOBAL = '/usr/local/bin/portcullis';
const agent = (name: string): NodeJS.ProcessEnv => ({ npm_config_user_agent: `${name}/1.0.0 node/v24.0.0` });

it.each<[called: string, script: string, env: NodeJS.ProcessEnv, name: string]>([
  ['npx', LOCAL, { ...agent('npm'), npm_command: 'exec', npm_lifecycle_event: 'npx' }, 'npx portcullis'],
  [
    'npx, which fetched it',
    '/home/ada/.npm/_npx/1f/node_modules/.bin/portcullis',
    { ...agent('npm'), npm_command: 'exec', npm_lifecycle_event: 'npx' },
    'npx portcullis',
  ],
  [
    'npm create portcullis',
    '/home/ada/.npm/_npx/1f/node_modules/.bin/create-portcullis',
    { ...agent('npm'), npm_command: 'init', npm_lifecycle_event: 'npx' },
    'npx portcullis',
  ],
  ['pnpm exec', LOCAL, { ...agent('pnpm'), npm_command: 'exec' }, 'pnpm exec portcullis'],
  ['yarn', LOCAL, agent('yarn'), 'yarn run --silent portcullis'],
  ['a shell, by its path', LOCAL, {}, 'npx portcullis'],
  ['a script of another name', LOCAL, { ...agent('npm'), npm_lifecycle_event: 'start' }, 'npx portcullis'],
  [
    'a script of its name',
    LOCAL,
    { ...agent('npm'), npm_lifecycle_event: 'portcullis' },
    'npm run portcullis --',
  ],
  [
    'such a script of pnpm',
    LOCAL,
    { ...agent('pnpm'), npm_lifecycle_event: 'portcullis' },
    'pnpm run portcullis',
  ],
  ['a shell, installed globally', GLOBAL, {}, 'portcullis'],
  ['a script, installed globally', GLOBAL, { ...agent('npm'), npm_lifecycle_event: 'start' }, 'portcullis'],
  ['another repository', '/home/ada/other/node_modules/.bin/portcullis', {}, 'portcullis'],
])('called by %s', (_, script, env, name) => {
  expect(calledAs(script, FOLDER, env)).toBe(name);
});

it.each([
  ['npm', 'npm install --save-dev pg redis'],
  ['pnpm', 'pnpm add --save-dev pg redis'],
  ['yarn', 'yarn add --dev pg redis'],
  ['bun', 'npm install --save-dev pg redis'],
])('%s adds packages', (name, command) => {
  expect(adds(['pg', 'redis'], agent(name))).toBe(command);
});

describe('what has to be typed', () => {
  afterEach(() => nameCommand('npx portcullis'));

  it('is as one of the repository’s packages where nobody said how it was called', () => {
    expect(typed('lock vault')).toBe('npx portcullis lock vault');
  });

  it('is as the process was called', () => {
    nameCommand('npm run portcullis --');
    expect(typed('lock vault')).toBe('npm run portcullis -- lock vault');
  });
});

/** Texts that name the command and are no advice to type it: what files hold, and what reports are of. */
const NAMED: Readonly<Record<string, readonly string[]>> = {
  'cli/src/create/new-api.ts': ['portcullis start'],
  'cli/src/explain/catalogue.ts': ['portcullis explain'],
  // Behind how the API's own package manager runs it.
  'cli/src/init/command.ts': ['portcullis start', 'portcullis token'],
  'cli/src/init/written/stacks.ts': ['portcullis plan', 'portcullis start'],
  'cli/src/plan/file/recognize.ts': ['portcullis plan'],
  'cli/src/plan/render/sarif.ts': ['portcullis plan'],
  'cli/src/policy-diff/report/sarif.ts': ['portcullis policy-diff'],
  // It defines a function of that name first.
  'cli/src/start/serving-table.ts': [
    'portcullis token',
    'portcullis limits',
    'portcullis revoke',
    'portcullis whois',
    'portcullis secrets',
  ],
  'cli/src/verify/report/junit.ts': ['portcullis verify'],
  'cli/src/verify/report/sarif.ts': ['portcullis verify'],
};

/** Help says where something comes from: it names commands. */
function isHelp(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isSourceFile(node) || ts.isStatement(parent)) return false;
  return (
    (ts.isCallExpression(parent) &&
      ts.isPropertyAccessExpression(parent.expression) &&
      /^(description|option|argument)$/.test(parent.expression.name.text)) ||
    isHelp(parent)
  );
}

/** Where a text of the source says `portcullis` and a command without how it is run, each time. */
function namedIn(source: ts.SourceFile): string[] {
  const bare = new RegExp(
    `(?<![\\w/-]|npx )portcullis (?:${Object.keys(WITH_START).join('|')})\\b(?!:)`,
    'g',
  );
  return nodesOf(source).flatMap((node) =>
    (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) &&
    !isHelp(node)
      ? (node.text.match(bare) ?? [])
      : [],
  );
}

it('no advice names the command otherwise', () => {
  const named = sourcesIn('cli/src').map((source) => [source.fileName, namedIn(source)] as const);
  expect(Object.fromEntries(named.filter(([, found]) => found.length > 0))).toEqual(NAMED);
});

it('an advice that did would be found', () => {
  const source = parse(
    'const a = `run portcullis lock ${stack}`, b = "portcullis plan: failed", c = "npx portcullis plan";',
  );
  expect(namedIn(source)).toEqual(['portcullis lock']);
});
