/** A request's headers as any framework has them: the Fetch standard's `Headers`, or an object with names in either case. */
export type RequestHeaders =
  { get(name: string): string | null } | Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Every value of a header. `Headers` joins several with commas.
 *
 * @param name in lower case.
 */
export function valuesOf(headers: RequestHeaders | null | undefined, name: string): readonly string[] {
  if (headers === null || headers === undefined) return [];
  if (typeof headers.get === 'function') {
    const value = headers.get(name);
    return value === null ? [] : [value];
  }
  const values: string[] = [];
  for (const [sent, value] of Object.entries(headers as Record<string, string | readonly string[]>)) {
    if (sent.length !== name.length || sent.toLowerCase() !== name) continue;
    if (typeof value === 'string') values.push(value);
    else if (Array.isArray(value)) values.push(...(value as readonly string[]));
  }
  return values;
}
