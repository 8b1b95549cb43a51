import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { AWS_PROVIDER, type ProviderModule } from '../../../cli/src/engines/programs/providers';

/** What stacks of ours and their tests use, and the last two because the others build on them. */
const SERVICES = [
  ...['acm', 'apigateway', 'apigatewayv2', 'appautoscaling', 'ec2', 'ecr', 'ecs', 'elasticache', 'elbv2'],
  ...['iam', 'kms', 'lambda', 'logs', 'meta', 'ssm', 'sts', 'wafv2', 'cloudfront', 'organizations'],
];

const LISTED = join('internal', 'provider', 'sdkv2', 'service_packages_gen.go');
const CLIENTS = join('internal', 'conns', 'awsclient_gen.go');

/**
 * The real AWS provider of which only some services are built: the whole takes 20 minutes on two cores, these a few.
 * A resource of another service is an error of the engine's, "does not support resource type".
 */
export const AWS_PROVIDER_FOR_TESTS: ProviderModule = {
  ...AWS_PROVIDER,
  module: {
    ...AWS_PROVIDER.module,
    takes: { time: 'about 6 minutes on two cores', disk: '5 GB' },
    part: { name: SERVICES.join(' '), take: takeServices },
  },
};

/** Copies the source of the services, and takes the others out of the two lists that Go's compiler finds them by. */
async function takeServices(source: string, folder: string): Promise<void> {
  const called = new Set<string>();
  for (const path of await readdir(source, { recursive: true })) {
    if (!isTaken(path) || (await stat(join(source, path))).isDirectory()) continue;
    // Written anew, for Go makes what it downloads read-only.
    const content = await readFile(join(source, path));
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
    if (path === CLIENTS) continue;
    for (const [name] of content.toString('latin1').matchAll(/\b\w+Client\b/g)) called.add(name);
  }
  await edit(join(folder, LISTED), (go) =>
    go
      .replaceAll(/^\t"[^"\n]+\/internal\/service\/(\w+)"\n/gm, (line, name: string) => only(line, name))
      .replaceAll(/^\t\t(\w+)\.ServicePackage\(ctx\),\n/gm, (line, name: string) => only(line, name)),
  );
  await edit(join(folder, CLIENTS), (go) => {
    const clients = go.replaceAll(/^func \(c \*AWSClient\) (\w+)\([^]*?^}\n\n?/gm, (whole, name: string) =>
      called.has(name) ? whole : '',
    );
    // Each is imported by the name that its path ends with.
    return clients.replaceAll(/^\t"[^"\n]+\/service\/(\w+)"\n/gm, (line, name: string) =>
      clients.includes(`*${name}.Client`) ? line : '',
    );
  });
}

const only = (line: string, service: string): string => (SERVICES.includes(service) ? line : '');

/** Of the module: what is compiled. */
function isTaken(path: string): boolean {
  const [top = '', second, service] = path.split(sep);
  if (path.endsWith('_test.go') || path.split(sep).includes('testdata')) return false;
  // The others' messages are embedded too.
  if (second === 'service' && path.endsWith('.go')) return SERVICES.includes(service ?? '');
  return ['go.mod', 'go.sum', 'main.go', 'internal', 'names', 'version'].includes(top);
}

async function edit(file: string, change: (text: string) => string): Promise<void> {
  await writeFile(file, change(await readFile(file, 'utf8')));
}
