/** A plan that somebody else's engine made: OpenTofu or Terraform, from HCL or CDKTF. */
import { basename, relative } from 'node:path';
import { PortcullisError } from '../../errors';
import { readWholePlan } from '../read-plan';
import { summarizeForeign, type SecondJudge, type StackSummary } from '../summary';
import { MAKE_IT, refuseOther } from './recognize';
import { readText, STANDARD_INPUT } from './read-text';

/** What a plan may be called: it stands in the marker of a comment. */
const NAME = /^\w[\w./-]{0,99}$/;

export interface PlanFile {
  readonly summary: StackSummary;
  /** Where a finding is shown. */
  readonly source: string;
}

/**
 * Judges a plan as `tofu show -json` printed it. It has no digest: nothing says what it was planned with.
 *
 * @param file its path, or `-` for standard input
 * @param name what it is called. @default the name of the file
 * @param second judges it too. @default nobody
 * @throws PortcullisError `ERR_PLAN_UNREADABLE` with what was found instead, `ERR_SETTING` for such a name
 */
export async function readPlanFile(file: string, name?: string, second?: SecondJudge): Promise<PlanFile> {
  if (name !== undefined && !NAME.test(name))
    throw new PortcullisError(
      'ERR_SETTING',
      `received ${JSON.stringify(name.slice(0, 100))} as --name`,
      'give one of letters, digits, _, ., / and -, as in infra/network',
    );
  const text = await readText(file);
  refuseOther(text);
  const summary = await summarizeForeign(name ?? nameOf(file), readWholePlan(text, [], MAKE_IT), second);
  return { summary, source: sourceOf(file) };
}

/** Of `infra/plan.json`: `plan`. */
function nameOf(file: string): string {
  if (file === STANDARD_INPUT) return 'plan';
  const plain = basename(file)
    .replace(/\.json$/i, '')
    .replace(/[^\w.-]/g, '-')
    .slice(0, 100);
  return NAME.test(plain) ? plain : 'plan';
}

/** As a relative URI, which SARIF wants. */
function sourceOf(file: string): string {
  return file === STANDARD_INPUT ? 'plan.json' : encodeURI(relative(process.cwd(), file));
}
