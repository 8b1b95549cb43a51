import type { Command } from 'commander';
import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { configFileOf } from '../config/load-config';
import { readsConfig, type ConfigOption } from '../config/option';
import { PortcullisError } from '../errors';
import { painter } from '../terminal/paint';
import { EXIT_CODES } from '../plan/grade';
import { failsWith } from '../terminal/report-failure';
import { comparePolicies } from './compare/compare';
import { checkOut } from '../base-commit/base-checkout';
import { baseCommit, defaultBase } from '../base-commit/git';
import { readPolicy } from './read/read-policy';
import { renderJson } from './report/json';
import { renderMarkdown } from './report/markdown';
import { renderSarif } from './report/sarif';
import { policyDiff, type PolicyDiff } from './report/summary';
import { renderTable } from './report/table';
import type { Policy } from '@portcullis/runtime/policy';

interface Options extends ConfigOption {
  readonly base?: string;
  readonly from?: string;
  readonly json?: boolean;
  readonly markdown?: string;
  readonly sarif?: string;
  readonly outputs?: string;
}

/** `portcullis policy-diff`: who can now do what they could not. */
export function register(program: Command): void {
  // 2 and above are grades.
  failsWith(readsConfig(program.command('policy-diff')), { usage: 1, failed: 1 })
    .description(
      'says who can now do what they could not, and the reverse, each with a request that shows it: exit code 0 nobody, 2 notice, 4 danger, 1 failed',
    )
    .option(
      '--base <ref>',
      'compare with the policy of the commit that this branch left that one at (default: origin/$GITHUB_BASE_REF in a pull request, else HEAD)',
    )
    .option('--from <file>', 'compare with the policy of another config, as of a checkout elsewhere')
    .option('--json', 'the changes as one JSON object on standard output')
    .option('--markdown <file>', 'append the changes as Markdown, as to $GITHUB_STEP_SUMMARY')
    .option('--sarif <file>', 'write the changes as SARIF 2.1.0')
    .option('--outputs <file>', 'append grade=, as to $GITHUB_OUTPUT')
    .action(async (options: Options) => {
      // Not loaded here: it may be the code of somebody else's pull request.
      const config = configFileOf(options.config);
      const [base, will] = await Promise.all([
        basePolicy(config, options),
        readPolicy('the policy', dirname(config), config),
      ]);
      const diff = policyDiff(will.name, base.name, comparePolicies(base.policy ?? nothingOf(will), will));
      publish(diff, options, basename(config));
      process.exitCode = EXIT_CODES[diff.grade];
    });
}

async function basePolicy(
  config: string,
  { base, from }: Options,
): Promise<{ readonly name: string; readonly policy?: Policy }> {
  if (base !== undefined && from !== undefined)
    throw new PortcullisError('ERR_SETTING', 'received both --base and --from', 'name one of them');
  if (from !== undefined) {
    const file = resolve(from);
    return { name: from, policy: await readPolicy(`the policy of ${from}`, dirname(file), file) };
  }
  const ref = base ?? defaultBase(process.env);
  const folder = dirname(config);
  const commit = await baseCommit(folder, ref);
  const checkout = await checkOut(folder, commit);
  try {
    const file = checkout.at(config);
    // The pull request that brings the config.
    if (!existsSync(file)) return { name: `${ref}, which has no ${basename(config)}` };
    const policy = await readPolicy(`the policy of ${ref}`, dirname(file), file);
    return { name: `${ref} (${commit.slice(0, 12)})`, policy };
  } finally {
    await checkout.remove();
  }
}

/** What an API without a policy lists: it denies everything. */
function nothingOf(policy: Policy): Policy {
  return { ...policy, routes: [], match: () => undefined };
}

function publish(diff: PolicyDiff, { json, markdown, sarif, outputs }: Options, source: string): void {
  process.stdout.write(json === true ? renderJson(diff) : renderTable(diff, painter(process.stdout)));
  if (markdown !== undefined) appendFileSync(markdown, renderMarkdown(diff));
  if (sarif !== undefined) writeFileSync(sarif, renderSarif(diff, source));
  if (outputs !== undefined) appendFileSync(outputs, `grade=${diff.grade}\n`);
}
