/** Longer ones would not fit into the cookie that keeps them. */
const LONGEST = 1_024;

/** What a server, proxy or browser on the way may decode and then take for another place. */
const ENCODED_TRICK = /%(?:2f|5c|25|0|1|7f|(?![\da-f]{2}))/i;

/**
 * Where a browser goes after login: a path of this origin, with query and fragment, exactly as a URL parser
 * would write it (OWASP: Unvalidated Redirects). Everything else, and what would lead straight into the next
 * login, becomes `/`.
 */
export function safeReturnTo(asked: unknown, origin: string): string {
  if (typeof asked !== 'string' || asked.length > LONGEST || !URL.canParse(asked, origin)) return '/';
  const { origin: place, pathname, search, hash } = new URL(asked, origin);
  const isCanonical = place === origin && asked === `${pathname}${search}${hash}`;
  const isPlain = !pathname.includes('//') && !ENCODED_TRICK.test(pathname) && !asked.includes('\\');
  const isLogin = /^\/auth(?:\/|$)/i.test(pathname);
  return isCanonical && isPlain && !isLogin ? asked : '/';
}
