import { basename, dirname } from 'node:path';
import { EngineCache } from '../../cli/src/engines/install/cache';
import type { Run } from '../../cli/src/engines/process/run';
import { findPythonProgram } from '../support/programs';

/** One rule about one resource. */
export interface Finding {
  /** As in `CKV_AWS_31`. */
  readonly rule: string;
  /** What the rule asks for, in checkov's words. */
  readonly name: string;
  /** As in `aws_kms_key.logs_key_1A2B3C4D`. */
  readonly resource: string;
  /** Name of the plan's file. */
  readonly plan: string;
}

export interface Verdict {
  readonly passed: readonly Finding[];
  readonly failed: readonly Finding[];
  /** Files that checkov could not read: it then finds nothing wrong with them, and says so in one number. */
  readonly parsingErrors: readonly string[];
}

interface Check {
  readonly check_id: string;
  readonly check_name: string;
  readonly resource: string;
  readonly file_path: string;
}

interface Report {
  readonly results?: {
    readonly passed_checks: readonly Check[];
    readonly failed_checks: readonly Check[];
    readonly parsing_errors: readonly string[];
  };
}

/**
 * Holds plans of one folder, as `show -json` writes them, to the rules of checkov. Nothing is asked of its vendor's
 * servers. All at once, for its start takes the most.
 */
export async function checkPlans(run: Run, plans: readonly string[]): Promise<Verdict> {
  const checkov = await findPythonProgram('checkov', {
    run,
    cache: new EngineCache(),
    note: () => undefined,
  });
  const output = await run.complete(
    {
      name: 'checkov',
      command: checkov.command,
      args: [
        ...checkov.args,
        ...plans.flatMap((plan) => ['--file', basename(plan)]),
        ...['--framework', 'terraform_plan', '--output', 'json'],
        // Exit code 0 whatever is found: what it found is read.
        ...['--compact', '--skip-download', '--soft-fail'],
      ],
      cwd: dirname(plans[0] ?? ''),
      env: { ...checkov.env, LOG_LEVEL: 'ERROR' },
    },
    { code: 'ERR_DEPLOY', remedy: 'see what checkov says' },
  );
  const { results } = JSON.parse(output) as Report;
  if (results === undefined) throw new Error(`checkov looked at nothing in ${plans.join(', ')}: ${output}`);
  return {
    passed: results.passed_checks.map(findingOf),
    failed: results.failed_checks.map(findingOf),
    parsingErrors: results.parsing_errors,
  };
}

function findingOf({ check_id, check_name, resource, file_path }: Check): Finding {
  return { rule: check_id, name: check_name, resource, plan: basename(file_path) };
}
