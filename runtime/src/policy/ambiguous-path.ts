/**
 * Paths that servers read differently. The policy matches a path as it was sent, as Express' router does. An upstream
 * may resolve `..`, take a backslash for a slash or decode first: behind `/files/*rest` it would then serve
 * `/admin/keys` to a request for `/files/../admin/keys`.
 *
 * No client needs to send one: URL parsers resolve dot segments before they send (RFC 3986 §5.2.4, WHATWG URL).
 */

/** Nearly no path has one of these, so nearly all need no further look. */
const SUSPICIOUS = /(?:^|\/)\.|[%\\]/;

/** A segment that is `.` or `..`, also before parameters that a server may cut off: `..;a=b`. */
const DOT_SEGMENT = /(?:^|[/\\])\.{1,2}(?:$|[/\\;?#])/;

/** URL parsers drop tabs and line breaks, others end a text at NUL or cut spaces off: `.%09.` may become `..`. */
const DROPPED = /[\0-\x20\x7f]/g;

const BACKSLASH = /\\|%5c/i;
const ENCODED_SLASH = /%2f/i;

/**
 * Whether a request's target has dot segments, encoded once or twice, or a backslash.
 *
 * @param target as it was sent, without the query.
 */
export function isAmbiguousPath(target: string): boolean {
  if (!SUSPICIOUS.test(target)) return false;
  if (BACKSLASH.test(target)) return true;
  const decoded = decodedOnce(target);
  return [target, decoded, decodedOnce(decoded)].some((text) => DOT_SEGMENT.test(text.replace(DROPPED, '')));
}

/** Decodes ASCII alone: nothing else becomes a dot or a slash. */
function decodedOnce(text: string): string {
  return text.replace(/%[0-7][0-9a-f]/gi, (escape) => String.fromCharCode(parseInt(escape.slice(1), 16)));
}

/** Where a pattern's wildcards are in a path. Plain JSON: the authorizer at the gateway is told it. */
export interface Wildcards {
  /** Of a regular expression that ignores case. */
  readonly source: string;
  /** The numbers of the groups that wildcards matched. */
  readonly groups: readonly number[];
}

/**
 * Whether what a wildcard stands for holds an encoded slash. A parameter may hold one (`/projects/group%2Fname`); in a
 * wildcard, which takes slashes, it says what a slash says, and servers differ in whether it is one.
 */
export function hasSlashInWildcard({ source, groups }: Wildcards, path: string): boolean {
  if (groups.length === 0 || !ENCODED_SLASH.test(path)) return false;
  const matched = new RegExp(source, 'i').exec(path);
  return groups.some((group) => ENCODED_SLASH.test(matched?.[group] ?? ''));
}
