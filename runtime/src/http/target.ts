import type { IncomingMessage } from 'node:http';

/** The request's target as it arrived. Express keeps it in `originalUrl`; a request that Express never saw has none. */
export function targetOf(req: IncomingMessage): string {
  const { originalUrl, url } = req as { readonly originalUrl?: string; readonly url?: string };
  return originalUrl ?? url ?? '';
}
