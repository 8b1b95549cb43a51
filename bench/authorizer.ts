/** `npm run bench:authorizer`: a cold start of the Lambda authorizer, from the start of its process to its first decision. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleAuthorizer } from '../constructs/src/aws/authorizer/bundle';
import { Run } from '../cli/src/engines/process/run';
import type { TokenEvent } from '../runtime/src/authorizer/gateway-events';
import { startIssuer, type Issuer } from './auth/tokens';
import { measureNode, type Measured } from './lib/command';
import { benchOptions } from './lib/options';
import { benchPolicy } from './lib/policy';
import { atMost, machine, median, print, round } from './lib/report';

/** The goal of 100 ms was set where Node's own start takes 60. */
const OF_NODES_OWN = 1.67;

/** Loads the bundle as Lambda does, decides once, and ends: the time of the whole process is the cold start's. */
const DECIDE = `
const { handler } = require('./authorizer.js');
handler(require('./event.json')).then((decision) => {
  const [statement] = decision.policyDocument.Statement;
  process.exit(statement.Effect === 'Allow' ? 0 : 1);
});`;

async function main(): Promise<void> {
  const { rounds } = benchOptions(
    'From the start of the process to the Lambda authorizer’s first decision.',
    {
      rounds: 25,
      seconds: 1,
    },
  );
  const run = await Run.open();
  try {
    const issuer = await startIssuer(run);
    const bundle = bundleAuthorizer({ policy: benchPolicy(issuer.url), jwksUri: `${issuer.url}/jwks` });
    const folder = await run.subfolder('lambda');
    await writeFile(join(folder, 'authorizer.js'), bundle);
    await writeFile(join(folder, 'decide.js'), DECIDE);

    const bare: Measured[] = [];
    const authorizer: Measured[] = [];
    for (let turn = 0; turn < rounds; turn += 1) {
      await writeFile(join(folder, 'event.json'), JSON.stringify(await event(issuer)));
      bare.push(await measureNode(['-e', '0']));
      authorizer.push(await measureNode(['decide.js'], { cwd: folder }));
    }
    const milliseconds = (all: readonly Measured[]): number => median(all.map((one) => one.seconds)) * 1_000;
    const megabytes = (all: readonly Measured[]): number => median(all.map((one) => one.bytes)) / 1e6;
    print({
      name: 'authorizer',
      machine: machine(),
      rounds,
      rows: Object.entries({ 'node -e 0': bare, 'the authorizer, one decision': authorizer }).map(
        ([process, all]) => ({
          process,
          milliseconds: round(milliseconds(all), 1),
          'memory, MB': round(megabytes(all), 1),
        }),
      ),
      goals: [
        atMost('process start to first decision', milliseconds(authorizer), 100, 'ms'),
        atMost(
          'process start to first decision, of Node’s own start',
          milliseconds(authorizer) / milliseconds(bare),
          OF_NODES_OWN,
          'times',
        ),
        atMost('memory', megabytes(authorizer), 60, 'MB'),
        atMost('bundle', Buffer.byteLength(bundle) / 1_024, 60, 'KB'),
      ],
    });
  } finally {
    await run.close();
  }
}

/** A REST API's event, with a token that nobody has seen. */
async function event(issuer: Issuer): Promise<TokenEvent> {
  const header = (await readFile(await issuer.writeTokens('RS256', 1), 'utf8')).trim();
  return {
    type: 'TOKEN',
    authorizationToken: header.slice('Authorization: '.length),
    methodArn: 'arn:aws:execute-api:eu-central-1:123456789012:api/stage/GET/api/transactions',
  };
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
