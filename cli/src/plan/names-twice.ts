/**
 * Whether an object of a JSON text has two members of one name: engines and
 * servers may read both, `JSON.parse` the last alone.
 *
 * @throws SyntaxError when it is no JSON.
 */
export function namesTwice(text: string): boolean {
  const named = [...text.matchAll(/"(?:[^"\\]+|\\.)*"(\s*:)?/g)].filter(([, colon]) => colon !== undefined);
  return named.length !== membersIn(JSON.parse(text));
}

function membersIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const inside = Object.values(value).reduce((sum: number, part) => sum + membersIn(part), 0);
  return Array.isArray(value) ? inside : inside + Object.keys(value).length;
}
