import { PlanError } from './errors';

/** Runs a command; what the user can mend is told in a line, with exit code 1. */
export async function reportPlanError(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof PlanError)) throw error;
    console.error(`portcullis: ${error.message}`);
    process.exitCode = 1;
  }
}
