/** `npm run bench:all`: every benchmark in turn, up to the first that cannot run. */
import { spawnSync } from 'node:child_process';
import { parsed } from './lib/options';

const NAMES = [
  ...['auth', 'rate-limit', 'stack', 'session', 'secrets', 'authorizer', 'synth', 'delivery', 'plan'],
  ...['load', 'start', 'image'],
];

const { values } = parsed({ options: { help: { type: 'boolean' } } });
if (values.help) {
  console.log(`Runs every benchmark in turn, about 20 minutes:
${NAMES.map((name) => `  npm run bench:${name}`).join('\n')}

Exits 0 whether goals are met or not; otherwise as the first of them that failed.`);
} else {
  for (const name of NAMES) {
    const { status } = spawnSync('npm', ['run', `bench:${name}`], { stdio: 'inherit' });
    process.exitCode = status ?? 1;
    if (status !== 0) break;
  }
}
