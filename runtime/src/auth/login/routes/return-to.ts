/** In characters: a longer path would not fit into the cookie that keeps it. */
const LONGEST = 512;

/**
 * Where a browser goes after login: a path of this origin, with query and fragment, exactly as a URL parser
 * would write it (OWASP: Unvalidated Redirects). Everything else, and what would lead straight into the next
 * login, becomes the start of the app.
 *
 * @param basePath what the app is below.
 */
export function safeReturnTo(asked: unknown, origin: string, basePath = ''): string {
  const start = `${basePath}/`;
  if (typeof asked !== 'string' || asked.length > LONGEST || !URL.canParse(asked, origin)) return start;
  const { origin: place, pathname, search, hash } = new URL(asked, origin);
  const isCanonical = place === origin && asked === `${pathname}${search}${hash}`;
  const isPlain = !asked.includes('\\') && !/\/\/|%2f/i.test(pathname) && isPlainText(pathname);
  const isLogin = [basePath, ''].some((base) => isBelow(pathname, `${base}/auth`));
  return isCanonical && isPlain && !isLogin ? asked : start;
}

/** In either case, as routers match. */
function isBelow(path: string, folder: string): boolean {
  return `${path}/`.toLowerCase().startsWith(`${folder}/`.toLowerCase());
}

/** Whether a path stays the same place when a server, proxy or browser on the way decodes it once more. */
function isPlainText(encoded: string): boolean {
  try {
    return !/[\\%\p{Cc}]/u.test(decodeURIComponent(encoded));
  } catch {
    return false;
  }
}
