/** SARIF 2.1.0, in the part of it that GitHub's code scanning reads. */

/** Code scanning shows the first 5,000 results of an upload. */
const MAX_RESULTS = 5_000;

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
