import js from '@eslint/js';
import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import { readdirSync } from 'node:fs';
import tseslint from 'typescript-eslint';

/** Imports point downwards only; each folder names what it must not reach. */
const forbidden = (target, ...from) => from.map((place) => ({ target: `./${target}`, from: `./${place}` }));

/** This repository's own, like any user's: no published package reads them. */
const ROOT_FILES = ['policy.ts', 'bodies.ts', 'vault-entries.ts', 'vault-names.ts'];

/** The same, between the folders of one package or room. */
const within = (folder, target, ...from) =>
  forbidden(`${folder}/${target}`, ...from.map((place) => `${folder}/${place}`));

/** The runtime's rooms, by what each must not reach: the secrets know nothing of requests, nor the other way round. */
const runtimeRooms = [
  ['time', 'policy', 'redis', 'http', 'auth', 'authorizer', 'rate-limit', 'secrets'],
  ['policy', 'redis', 'http', 'auth', 'authorizer', 'rate-limit', 'secrets'],
  ['redis', 'http', 'auth', 'authorizer', 'rate-limit', 'secrets'],
  ['http', 'redis', 'auth', 'authorizer', 'rate-limit', 'secrets'],
  ['auth', 'authorizer', 'rate-limit', 'secrets'],
  ['authorizer', 'redis', 'http', 'rate-limit', 'secrets'],
  ['rate-limit', 'authorizer', 'secrets'],
  ['secrets', 'http', 'auth', 'authorizer', 'rate-limit'],
].flatMap(([room, ...above]) => within('runtime/src', room, ...above));

const authRooms = [
  ['keys', 'options.ts', 'token', 'provider', 'client-credentials', 'revocation', 'login'],
  ['token', 'options.ts', 'provider', 'client-credentials', 'revocation', 'login'],
  ['provider', 'options.ts', 'keys', 'token', 'client-credentials', 'revocation', 'login'],
  ['client-credentials', 'keys', 'token', 'revocation', 'login'],
  ['revocation', 'provider', 'client-credentials', 'login'],
  ['login', 'keys', 'token', 'client-credentials'],
].flatMap(([room, ...above]) => within('runtime/src/auth', room, ...above));

const loginRooms = [
  ['session', 'parts.ts', 'cookies', 'routes'],
  ['cookies', 'parts.ts', 'routes'],
].flatMap(([room, ...above]) => within('runtime/src/auth/login', room, ...above));

/** Of `cli/src/local`, what any app is started with: `portcullis start -- <command>`. */
const SERVERS = ['servers', 'postgres-admin.ts', 'generic-variables.ts', 'generic-variables.json'];

const namesIn = (folder) => readdirSync(new URL(folder, import.meta.url));

/** `npm start` serves this repository's example with its demo data: the rooms of it are in no published package. */
const OF_START = [
  ...['start', 'journey', 'main.ts'],
  ...namesIn('cli/src/local')
    .filter((name) => !SERVERS.includes(name))
    .map((name) => `local/${name}`),
].map((room) => `cli/src/${room}`);

/** What a stranger's repository runs reads the config of that repository, and nothing of this one. */
const publishedCommand = [...namesIn('cli/src'), ...SERVERS.map((name) => `local/${name}`)]
  .filter((room) => room !== 'local')
  .map((room) => `cli/src/${room}`)
  .filter((room) => !OF_START.includes(room))
  .flatMap((room) =>
    forbidden(room, 'stacks', 'example', 'portcullis.config.ts', ...ROOT_FILES, ...OF_START),
  );

/** Suites share what is in test/support, and nothing of each other's. */
const SUITES = ['unit', 'attack', 'synth', 'integration', 'edge'];
const suites = ['support', ...SUITES].flatMap((suite) =>
  within('test', suite, ...SUITES.filter((other) => other !== suite)),
);

export default tseslint.config(
  // The examples' packages are not installed here: `npm run test:examples` checks their types.
  {
    ignores: [
      '**/dist/',
      '**/node_modules/',
      '**/cdktf.out/',
      'coverage/',
      'docs/api/',
      'examples/',
      'test/packages/apps/',
    ],
  },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { 'import-x': importX },
    settings: {
      // Without these, an import of a .ts file is not found, and no rule about it ever reports anything.
      'import-x/extensions': ['.ts'],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
      'import-x/resolver-next': [createNodeResolver({ extensions: ['.ts', '.mjs', '.js', '.json'] })],
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^@cdktf/provider-[a-z]+(/lib)?/?$',
              message:
                "import one resource by its path, as '@cdktf/provider-vault/lib/policy': a provider's root costs seconds at synth",
            },
          ],
        },
      ],
      // Imports of values; test/unit/imports.test.ts holds imports of types to the same.
      'import-x/no-cycle': 'error',
      'import-x/no-restricted-paths': [
        'error',
        {
          zones: [
            ...forbidden('runtime', 'constructs', 'stacks', 'cli', 'example', ...ROOT_FILES),
            ...runtimeRooms,
            ...authRooms,
            ...loginRooms,
            ...suites,
            ...forbidden('constructs', 'stacks', 'cli', 'example', ...ROOT_FILES),
            ...forbidden('stacks', 'cli', 'example'),
            ...publishedCommand,
            ...forbidden('example', 'constructs', 'stacks', 'cli'),
            ...forbidden(
              'cli/src/engines',
              'cli/src/local',
              'cli/src/start',
              'cli/src/plan',
              'cli/src/journey',
            ),
            ...forbidden(
              'cli/src/workspace',
              'cli/src/local',
              'cli/src/start',
              'cli/src/plan',
              'cli/src/deploy',
            ),
          ],
        },
      ],
    },
  },
  {
    files: ['runtime/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [{ regex: '^(@cdktf/|cdktf$|constructs$)', message: 'the runtime never imports cdktf' }],
        },
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off', '@typescript-eslint/unbound-method': 'off' },
  },
  {
    files: ['**/*.{js,mjs}'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        module: 'writable',
        require: 'readonly',
        URL: 'readonly',
        setTimeout: 'readonly',
      },
    },
  },
);
