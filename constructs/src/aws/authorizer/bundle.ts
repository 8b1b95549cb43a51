import { dirname, join } from 'node:path';
import { authorizerConfiguration, type AuthorizerOptions } from '@portcullis/runtime/authorizer';
import { buildSync } from 'esbuild';

/**
 * The code of the Lambda authorizer that holds an API Gateway to the policy: one CommonJS file with the export
 * `handler`, for Node 20 and later, that needs no package. It answers payloads of format 1.0 (REST APIs) and 2.0 (HTTP
 * APIs). The same options give the same bytes.
 *
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
 *
 * @throws AuthOptionsError with all problems of the options at once.
 * @throws PolicyError with every route that a gateway cannot tell from others.
 *
 * @example
 * const indexJs = bundleAuthorizer({ policy });
 */
export function bundleAuthorizer(options: AuthorizerOptions): string {
  const configuration = JSON.stringify(authorizerConfiguration(options));
  code ??= bundle();
  // As a text to parse: in a literal of JavaScript a name such as `__proto__` would mean something.
  return `"use strict";const PORTCULLIS_AUTHORIZER=JSON.parse(${JSON.stringify(configuration)});${code}`;
}

/** What all authorizers have in common. It is made once: a company may have fifty policies. */
let code: string | undefined;

function bundle(): string {
  const runtime = dirname(require.resolve('@portcullis/runtime/package.json'));
  const { outputFiles } = buildSync({
    // From the TypeScript sources: of compiled CommonJS esbuild cannot leave out what is not used.
    entryPoints: [join(runtime, 'src/authorizer/lambda.ts')],
    absWorkingDir: runtime,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    // A tsconfig.json of the consumer must not change the code.
    tsconfigRaw: {},
    write: false,
  });
  return outputFiles.map(({ text }) => text).join('');
}
