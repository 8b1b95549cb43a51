/** A request as far as its target is concerned. */
export interface Targeted {
  readonly url?: string | undefined;
  /** Where Express keeps the target as it arrived. */
  readonly originalUrl?: string | undefined;
}

/** The request's target as it arrived. A request that Express never saw has no `originalUrl`. */
export function targetOf({ originalUrl, url }: Targeted): string {
  return originalUrl ?? url ?? '';
}
