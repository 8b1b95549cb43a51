/**
 * Whether an object of a JSON text has two members of one name: engines and
 * servers may read both, `JSON.parse` the last alone.
 *
 * @param parsed what the text is. @default it is parsed
 * @throws SyntaxError when it is no JSON.
 */
export function namesTwice(text: string, parsed: unknown = JSON.parse(text)): boolean {
  return namesIn(text) !== membersIn(parsed);
}

/** Texts with a colon behind them. Walked sign by sign: a plan may have many megabytes. */
function namesIn(text: string): number {
  let names = 0;
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at)) {
    at = endOfText(text, at + 1);
    while (/\s/.test(text.charAt(at))) at += 1;
    if (text.charAt(at) === ':') names += 1;
  }
  return names;
}

/** Where a text of JSON is over, behind its quote. */
function endOfText(text: string, from: number): number {
  let at = from;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote === -1) return text.length;
    let slashes = 0;
    while (text.charAt(quote - 1 - slashes) === '\\') slashes += 1;
    at = quote + 1;
    if (slashes % 2 === 0) return at;
  }
}

function membersIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const inside = Object.values(value).reduce((sum: number, part) => sum + membersIn(part), 0);
  return Array.isArray(value) ? inside : inside + Object.keys(value).length;
}
