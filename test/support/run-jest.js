/**
 * Runs jest with the arguments given, tells which tests were skipped, which took longest and what failed, and ends. jest itself
 * waits for whatever a failed test left open, which may be for ever.
 */
const { buildArgv, runCLI } = require('jest');
const { failedIn, skippedIn, slowestIn } = require('./run-summary.js');

async function main() {
  const argv = await buildArgv(process.argv.slice(2));
  const { results } = await runCLI(argv, argv.projects ?? [process.cwd()]);
  // What a filter left out was not skipped: whoever set it knows.
  const filtered = Boolean(argv.testNamePattern);
  for (const lines of [filtered ? [] : skippedIn(results), slowestIn(results), failedIn(results)])
    if (lines.length > 0) process.stdout.write(`\n${lines.join('\n')}\n`);
  return results.success ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
