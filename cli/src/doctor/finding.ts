/** One thing that was looked at. */
export interface Finding {
  /** What was looked at: this machine, the repository, or the servers of an environment. */
  readonly part: 'machine' | 'config' | 'target';
  /** `unknown`: it could not be looked at from here, so nobody can say whether it is wrong. */
  readonly state: 'right' | 'wrong' | 'unknown';
  /** What was found, and where that is wrong, what was expected. */
  readonly found: string;
  /** The command that mends it, or what to do. */
  readonly mend?: string;
}

/** Findings of one part. */
export const findingsOf = (part: Finding['part']) => ({
  right: (found: string): Finding => ({ part, state: 'right', found }),
  wrong: (found: string, mend: string): Finding => ({ part, state: 'wrong', found, mend }),
  unknown: (found: string, mend?: string): Finding => ({
    ...{ part, state: 'unknown', found },
    ...(mend !== undefined && { mend }),
  }),
});
