/** Conditions on how a run was started by hand. In the run of a merge, neither holds. */
export const BREAK_GLASS = "inputs.way == 'break-glass'";
export const ROLLBACK = "inputs.way == 'rollback'";
