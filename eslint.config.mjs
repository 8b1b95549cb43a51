import js from '@eslint/js';
import { importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/** Imports point downwards only; each folder names what it must not reach. */
const forbidden = (target, ...from) => from.map((place) => ({ target: `./${target}`, from: `./${place}` }));

/** This repository's own, like any user's: no published package reads them. */
const ROOT_FILES = ['policy.ts', 'bodies.ts', 'vault-names.ts'];

export default tseslint.config(
  { ignores: ['**/dist/', '**/node_modules/', '**/cdktf.out/', 'coverage/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { 'import-x': importX },
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
      'import-x/no-restricted-paths': [
        'error',
        {
          zones: [
            ...forbidden('runtime', 'constructs', 'stacks', 'cli', 'example', ...ROOT_FILES),
            ...forbidden('constructs', 'stacks', 'cli', 'example', ...ROOT_FILES),
            ...forbidden('stacks', 'cli', 'example'),
            ...forbidden('example', 'constructs', 'stacks', 'cli'),
            ...forbidden(
              'cli/src/engines',
              'cli/src/local',
              'cli/src/commands',
              'cli/src/plan',
              'cli/src/journey',
            ),
            ...forbidden(
              'cli/src/workspace',
              'cli/src/local',
              'cli/src/commands',
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
