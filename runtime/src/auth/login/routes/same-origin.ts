import type { Request } from '../../../peer-types';

/**
 * Whether a request that brings a cookie was made by a page of this origin, or by the person at the address
 * bar (CSRF: a browser adds cookies to what other sites make it send). Browsers tell by `Sec-Fetch-Site`
 * (Fetch Metadata, W3C; all of them since 2023), which no page can set; older ones by `Origin`. A sibling
 * subdomain is another site here. A request that changes nothing may also come from a link on another site.
 */
export function isFromHere(req: Request, origin: string): boolean {
  const changesNothing = ['GET', 'HEAD', 'OPTIONS'].includes(req.method);
  const { 'sec-fetch-site': site, 'sec-fetch-mode': mode } = req.headers;
  if (site === 'same-origin') return true;
  if (site !== undefined) return changesNothing && (site === 'none' || mode === 'navigate');
  const sender = req.headers.origin;
  return sender === undefined ? changesNothing : sender === origin;
}
