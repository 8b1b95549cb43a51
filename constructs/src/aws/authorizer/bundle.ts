import { dirname, join } from 'node:path';
import { authorizerConfiguration, type AuthorizerOptions } from '@portcullis/runtime/authorizer';
import { buildSync } from 'esbuild';

/**
 * The code of the Lambda authorizer that holds an API Gateway to the policy: one CommonJS file with the export
 * `handler`, for Node 20 and later, that needs no package. It answers payloads 1.0 and 2.0, REST APIs' and HTTP
 * APIs'. The same options give the same bytes.
 *
 * @throws AuthOptionsError with every problem of the options at once.
 * @throws PolicyError with every route that a gateway cannot tell from others.
 *
 * @example
 * writeFileSync('index.js', bundleAuthorizer({ policy }));
 */
export function bundleAuthorizer(options: AuthorizerOptions): string {
  const configuration = JSON.stringify(authorizerConfiguration(options));
  const code = bundled.get(configuration) ?? bundle(configuration);
  bundled.set(configuration, code);
  return code;
}

/** What was made already, by its configuration: every environment has the same policy. */
const bundled = new Map<string, string>();

function bundle(configuration: string): string {
  const runtime = dirname(require.resolve('@portcullis/runtime/package.json'));
  const { outputFiles } = buildSync({
    // From source: what was compiled to CommonJS before is bundled whole, used or not.
    entryPoints: [join(runtime, 'src/authorizer/lambda.ts')],
    absWorkingDir: runtime,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    define: { PORTCULLIS_AUTHORIZER: configuration },
    // The consumer's settings are none of ours.
    tsconfigRaw: {},
    write: false,
  });
  return outputFiles.map(({ text }) => text).join('');
}
