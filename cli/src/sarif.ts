/** SARIF 2.1.0, in the part of it that GitHub's code scanning reads. */

/** Code scanning shows the first 5,000 results of an upload. */
const MAX_RESULTS = 5_000;

const LONGEST_PATH = 500;

/**
 * The path of a URL as the location of a result, as if it were a file: code scanning refuses a whole document for a
 * location with a scheme, with a character that RFC 3986 does not allow, or with octets that are no UTF-8.
 */
export function sarifPath(url: string): string {
  if (!URL.canParse(url)) return 'unknown';
  let path = '';
  for (const character of decoded(new URL(url).pathname.replace(/^\/+/, ''))) {
    // `c:` at the beginning would be a scheme, which encodeURIComponent() keeps from being one.
    const encoded = character === '/' ? '/' : encodeURIComponent(character);
    if (path.length + encoded.length > LONGEST_PATH) break;
    path += encoded;
  }
  return path || 'index';
}

/** Of a path that does not hold UTF-8, as `/%ff`, nothing is decoded. A slash or a control that was encoded stays so. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path.replace(/%(2f|0[\da-f]|1[\da-f]|7f)/gi, '%25$1'));
  } catch {
    return path;
  }
}

/**
 * A document of one run.
 *
 * @param results the most important ones first: those above the maximum are left out.
 * @param category code scanning replaces a tool's document by its next one of the same category.
 */
export function sarifDocument(driver: object, results: readonly object[], category?: string): string {
  return `${JSON.stringify({
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver },
        ...(category !== undefined && { automationDetails: { id: `${category}/` } }),
        results: results.slice(0, MAX_RESULTS),
      },
    ],
  })}\n`;
}
