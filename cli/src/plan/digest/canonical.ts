/** JSON, so that two texts are equal exactly if they say the same. */

/** Digits up to which JavaScript's numbers are exact. */
const EXACT_DIGITS = 15;

/** Marks a number that is kept as it was written. No text of a plan begins with it: see `exactly()`. */
const NUMBER = '\u0000';

/**
 * Parses JSON without rounding: a number of more digits than JavaScript keeps, or with an exponent, is
 * read as a text of its own kind.
 *
 * @throws SyntaxError when it is no JSON.
 */
export function parseExactly(text: string): unknown {
  const exact = /[\d.]{16}|[:,[\s]-?\d[\d.]*[eE]/.test(text) || text.includes('\\u0000');
  return JSON.parse(exact ? exactly(text) : text);
}

function exactly(text: string): string {
  const parts: string[] = [];
  let from = 0;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]+|\\.)*"|-?\d[\d.eE+-]*/g)) {
    const kept = token.startsWith('"')
      ? token.replace(/^"\\u0000/, `"\\u0000\\u0000`)
      : /e/i.test(token) || token.replace(/\D/g, '').length > EXACT_DIGITS
        ? JSON.stringify(NUMBER + token)
        : token;
    parts.push(text.slice(from, index), kept);
    from = index + token.length;
  }
  return [...parts, text.slice(from)].join('');
}

/** JSON with the members of every object sorted by name. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );
}
