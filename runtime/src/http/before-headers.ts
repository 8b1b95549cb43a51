import type { OutgoingHttpHeader, OutgoingHttpHeaders, ServerResponse } from 'node:http';

type Headers = OutgoingHttpHeaders | readonly OutgoingHttpHeader[];
type WriteHead = (status: number, ...rest: readonly (string | Headers | undefined)[]) => ServerResponse;

/**
 * Calls back just before the headers of an answer are written, when whoever answers has set all of theirs. What is set
 * earlier is lost as soon as a handler sets the same header, or a proxy passes those of its upstream on.
 *
 * The listener sees every header of the answer by `getHeader()`, and may set more.
 */
export function beforeHeaders(res: ServerResponse, listener: () => void): void {
  const writeHead = res.writeHead.bind(res) as WriteHead;
  const replacement: WriteHead = (status, ...rest) => {
    res.writeHead = writeHead;
    const headers = rest.find((part) => typeof part === 'object');
    // Headers that come with the status replace those that were set: set first, they are replaced themselves.
    if (headers !== undefined) setAll(res, headers);
    listener();
    return writeHead(status, ...rest.filter((part) => typeof part === 'string'));
  };
  res.writeHead = replacement;
}

/** As `writeHead()` reads them: an object, a list of names and values in turn, or a list of pairs. */
function setAll(res: ServerResponse, headers: Headers): void {
  const pairs = isList(headers) ? pairsOf(headers) : Object.entries(headers);
  const replaced = new Set<string>();
  for (const [name, value] of pairs) {
    if (value === undefined) continue;
    const lowerCase = name.toLowerCase();
    // A name that a list holds twice is sent twice.
    if (replaced.has(lowerCase)) res.appendHeader(name, typeof value === 'number' ? String(value) : value);
    else res.setHeader(name, value);
    if (isList(headers)) replaced.add(lowerCase);
  }
}

function pairsOf(list: readonly OutgoingHttpHeader[]): (readonly [string, OutgoingHttpHeader | undefined])[] {
  if (list.every((entry) => Array.isArray(entry))) return list.map(([name = '', value]) => [name, value]);
  return list.flatMap((name, index) => (index % 2 === 0 ? [[String(name), list[index + 1]] as const] : []));
}

function isList(headers: Headers): headers is readonly OutgoingHttpHeader[] {
  return Array.isArray(headers);
}
