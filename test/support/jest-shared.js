/** What every jest project has: TypeScript by swc, and the workspaces by their sources. */
const esmOnly = ['jose', 'openid-client', 'oauth4webapi'];

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  transform: {
    '\\.[jt]s$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${esmOnly.join('|')})/)`],
  moduleNameMapper: {
    '^@portcullis/runtime$': '<rootDir>/runtime/src/index.ts',
    '^@portcullis/runtime/package\\.json$': '<rootDir>/runtime/package.json',
    '^@portcullis/runtime/(.*)$': '<rootDir>/runtime/src/$1/index.ts',
    '^@portcullis/constructs$': '<rootDir>/constructs/src/index.ts',
    '^@portcullis/constructs/(.*)$': '<rootDir>/constructs/src/$1/index.ts',
  },
  modulePathIgnorePatterns: ['/dist/', '/cdktf\\.out/'],
};
