/** `npm run bench:load`: what the packages cost before they do anything, as they are published, beside what is loaded anyway. */
import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { measureNode } from './lib/command';
import { benchOptions } from './lib/options';
import { atMost, machine, median, print, round } from './lib/report';

const CHECKOUT = join(__dirname, '..');

const importing = (specifier: string): string[] => ['--input-type=module', '--eval', `import '${specifier}'`];

const WAYS = {
  'node -e 0': ['--eval', '0'],
  "import 'express'": importing('express'),
  "import '@portcullis/runtime'": importing('@portcullis/runtime'),
  "import '@portcullis/runtime/policy'": importing('@portcullis/runtime/policy'),
  'portcullis --help': [join('cli', 'dist', 'bin.js'), '--help'],
} as const;

type Way = keyof typeof WAYS;

async function main(): Promise<void> {
  const { rounds } = benchOptions('What loading the packages costs.', { rounds: 15, seconds: 1 });
  const tsc = join(dirname(require.resolve('tsc/package.json')), 'bin', 'tsc');
  execFileSync(process.execPath, [tsc, '-b', 'cli'], { cwd: CHECKOUT, stdio: 'inherit' });
  const taken = new Map<Way, number[]>();
  // The first round warms the disk's cache.
  for (let turn = -1; turn < rounds; turn += 1) {
    for (const [way, args] of Object.entries(WAYS) as [Way, readonly string[]][]) {
      const { seconds } = await measureNode(args, { cwd: CHECKOUT });
      if (turn >= 0) taken.set(way, [...(taken.get(way) ?? []), seconds * 1_000]);
    }
  }
  const of = (way: Way): number => median(taken.get(way) ?? []);
  const over = (way: Way, other: Way): number => round(of(way) - of(other), 0);
  print({
    name: 'load',
    machine: machine(),
    rounds,
    rows: [...taken].map(([way, all]) => ({
      way,
      'median, ms': round(median(all), 0),
      'least, ms': round(Math.min(...all), 0),
    })),
    goals: [
      atMost('runtime over express', over("import '@portcullis/runtime'", "import 'express'"), 150, 'ms'),
      atMost('policy over node', over("import '@portcullis/runtime/policy'", 'node -e 0'), 50, 'ms'),
      atMost('--help', round(of('portcullis --help') / of('node -e 0'), 1), 3, 'times node'),
    ],
  });
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
