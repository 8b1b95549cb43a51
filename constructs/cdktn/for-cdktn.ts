/** The same code, with the names that it imports of cdktf's replaced by those of its successor. */
import ts from 'typescript';

const OURS = '@portcullis/constructs';

/**
 * Nothing but what is imported, exported from, required or named by an `import()` type changes: texts and comments stay.
 * cdktf's names are as long as cdktn's, so that source maps hold.
 *
 * @param code of a `.ts`, `.js` or `.d.ts` file
 * @throws Error for an import from a file inside of cdktf: its successor need not have that
 */
export function forCdktn(code: string): string {
  let written = '';
  let end = 0;
  for (const { fileName: specifier, pos: quote } of ts.preProcessFile(code, true, true).importedFiles) {
    written += code.slice(end, quote + 1) + replaced(specifier);
    end = quote + 1 + specifier.length;
  }
  return written + code.slice(end);
}

function replaced(specifier: string): string {
  if (specifier.startsWith('cdktf/')) throw new Error(`${specifier} is a file inside of cdktf`);
  if (specifier === OURS || specifier.startsWith(`${OURS}/`)) {
    return specifier.replace(OURS, `${OURS}-cdktn`);
  }
  return specifier.replace(/^cdktf$/, 'cdktn').replace(/^@cdktf\//, '@cdktn/');
}
