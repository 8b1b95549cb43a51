/** Whether a plan can be reviewed, and what its digest is made from. */
import { createHmac } from 'node:crypto';
import { PortcullisError } from '../../errors';
import { isRecord } from '../values';
import { namesTwice } from '../names-twice';
import { canonical, parseExactly } from './canonical';
import type { Configuration } from '../../workspace/configuration';
import { planSchema, type Plan } from './plan';
import type { PlannedRun } from '../../workspace/planned-run';
import { refusals } from './refusals';
import { whatRuns } from './what-runs';

/** What the digest of a plan is made from besides its change list; or why there is none, in words. */
export type Reviewable = { readonly fingerprint: string } | { readonly refused: readonly string[] };

/**
 * The fingerprint of what a plan would run: an HMAC under a key that only those who may read the state can derive, so
 * that nobody else can try which secret is in it.
 *
 * @throws PortcullisError `ERR_PLAN_UNREADABLE`
 */
export function reviewable(run: PlannedRun): Reviewable {
  const [configuration, plan] = [readConfiguration(run.configuration), readChanges(run.plan)];
  const refused = refusals(configuration, plan, run);
  if (refused.length > 0 || run.lineage === undefined) return { refused };
  const key = createHmac('sha256', run.lineage).update('portcullis: what a plan runs').digest();
  const content = canonical(whatRuns(run, configuration, plan));
  return { fingerprint: createHmac('sha256', key).update(content).digest('hex') };
}

function readConfiguration(text: string): Configuration {
  const configuration = parse(text, 'cdk.tf.json');
  if (!isRecord(configuration)) throw unreadable('cdk.tf.json is no object');
  if (namesTwice(text)) throw unreadable('cdk.tf.json names something twice');
  return configuration;
}

function readChanges(text: string): Plan {
  const plan = planSchema.safeParse(parse(text, 'the plan'));
  if (plan.success) return plan.data;
  const [issue] = plan.error.issues;
  throw unreadable(
    `${issue?.path.map(String).join('.').slice(0, 200) ?? ''}: ${issue?.message ?? 'not a plan'}`,
  );
}

function parse(text: string, what: string): unknown {
  try {
    return parseExactly(text);
  } catch {
    throw unreadable(`${what} is not JSON`);
  }
}

function unreadable(reason: string): PortcullisError {
  return new PortcullisError(
    'ERR_PLAN_UNREADABLE',
    `what the plan runs cannot be read: ${reason}`,
    'synthesize and plan again',
  );
}
