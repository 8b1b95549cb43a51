/**
 * How long each job on the way from a merge to production may take, in minutes. Waiting for an approval or for
 * a runner does not count. With three environments of which one is scanned, the longest way takes an hour.
 */
export const MINUTES = { image: 5, plan: 4, deploy: 7, scan: 19, reports: 3, verify: 10 } as const;
