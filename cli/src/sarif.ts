/** SARIF 2.1.0, in the part of it that GitHub's code scanning reads. */

/** Code scanning shows 5,000 results of an upload, the first ones. */
const MAX_RESULTS = 5_000;

/**
 * A document of one run.
 *
 * @param results the ones that matter most first: what is too much is cut off.
 * @param category code scanning replaces what it has of a tool by the tool's next document of the same category.
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
