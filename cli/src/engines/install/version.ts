/** Whether a dotted version is at least `minimum`. What follows the numbers (`-dev`, `rc1`) does not count. */
export function isAtLeast(version: string, minimum: string): boolean {
  const [found, wanted] = [numbersOf(version), numbersOf(minimum)];
  for (const [index, want] of wanted.entries()) {
    const have = found[index] ?? 0;
    if (have !== want) return have > want;
  }
  return found.length > 0;
}

function numbersOf(version: string): number[] {
  const dotted = /\d+(\.\d+)*/.exec(version)?.[0];
  return dotted === undefined ? [] : dotted.split('.').map(Number);
}
