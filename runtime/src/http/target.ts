import type { Request } from 'express';

/** The request's target as it arrived. Express keeps it in `originalUrl`; a request that Express never saw has none. */
export function targetOf(req: Request): string {
  const { originalUrl, url } = req as Partial<Request>;
  return originalUrl ?? url ?? '';
}
