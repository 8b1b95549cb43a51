/** How large the policy is whose versions are compared. */
export const COMPARED = { routes: 200, scopes: 8, tiers: 4 } as const;
