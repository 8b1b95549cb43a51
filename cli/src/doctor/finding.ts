/** One thing that was looked at. */
export interface Finding {
  /** What was looked at: this machine, the repository, or the servers of an environment. */
  readonly part: 'machine' | 'config' | 'target';
  /** `unknown`: it could not be looked at from here, so nobody can say whether it is wrong. */
  readonly state: 'right' | 'wrong' | 'unknown';
  /** What was found, and where that is wrong, what was expected. */
  readonly found: string;
  /** The command that mends it, or what to do; where nothing is wrong, what to do for more. */
  readonly mend?: string;
}

/** Findings of one part. */
export const findingsOf = (part: Finding['part']) => ({
  right: (found: string, mend?: string): Finding => finding(part, 'right', found, mend),
  wrong: (found: string, mend: string): Finding => finding(part, 'wrong', found, mend),
  unknown: (found: string, mend?: string): Finding => finding(part, 'unknown', found, mend),
});

function finding(
  part: Finding['part'],
  state: Finding['state'],
  found: string,
  mend: string | undefined,
): Finding {
  return { part, state, found, ...(mend !== undefined && { mend }) };
}
