/** The rows of every table of a document, without their heads; cells as they are written. */
export function tablesIn(markdown: string): string[][] {
  const lines = markdown.split('\n');
  const isRow = (line = ''): boolean => line.startsWith('|');
  return lines
    .filter((line, index) => isRow(line) && isRow(lines[index - 1]) && !/^\|[\s:|-]+$/.test(line))
    .map((line) =>
      line
        .slice(1, line.lastIndexOf('|'))
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim()),
    );
}
