/**
 * A strict reader of structured fields, as far as limits use them: lists of items with parameters. It refuses
 * whatever RFC 9651 refuses, so that a header that is nearly right is wrong.
 */
export type Item = string | number | boolean;

export interface Member {
  readonly value: Item;
  readonly parameters: Readonly<Record<string, Item>>;
}

/** RFC 9651 §4.2.1. @throws SyntaxError */
export function parseList(field: string): Member[] {
  const reader = new Reader(field);
  const members: Member[] = [];
  reader.spaces();
  while (!reader.ended()) {
    members.push(reader.item());
    reader.blanks();
    if (reader.ended()) return members;
    reader.take(/,/y, 'a comma');
    reader.blanks();
    if (reader.ended()) throw new SyntaxError('a list that ends with a comma');
  }
  return members;
}

class Reader {
  #at = 0;

  constructor(private readonly text: string) {
    this.text = text.replace(/ +$/, '');
  }

  /** Whether all of it was read. */
  ended(): boolean {
    return this.#at >= this.text.length;
  }

  spaces(): void {
    this.#match(/ */y);
  }

  /** Optional whitespace, tabs included, as it may stand around commas. */
  blanks(): void {
    this.#match(/[ \t]*/y);
  }

  take(pattern: RegExp, expected: string): string {
    const found = this.#match(pattern);
    if (found === undefined)
      throw new SyntaxError(`expected ${expected} at ${this.#at} of ${JSON.stringify(this.text)}`);
    return found;
  }

  item(): Member {
    const value = this.#bareItem();
    const parameters: Record<string, Item> = {};
    while (this.#match(/;/y) !== undefined) {
      this.spaces();
      const key = this.take(/[a-z*][a-z0-9_.*-]*/y, 'a key');
      parameters[key] = this.#match(/=/y) === undefined ? true : this.#bareItem();
    }
    return { value, parameters };
  }

  #bareItem(): Item {
    const quoted = this.#match(/"(?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*"/y);
    if (quoted !== undefined) return quoted.slice(1, -1).replace(/\\(.)/g, '$1');
    const number = this.#match(/-?(?:\d{1,12}\.\d{1,3}|\d{1,15})(?![\d.])/y);
    if (number !== undefined) return Number(number);
    const bytes = this.#match(/:[A-Za-z0-9+/]*={0,2}:/y);
    if (bytes !== undefined) return bytes;
    const boolean = this.#match(/\?[01]/y);
    if (boolean !== undefined) return boolean === '?1';
    return this.take(/[A-Za-z*][!#$%&'*+.^_`|~\w:/-]*/y, 'an item');
  }

  #match(sticky: RegExp): string | undefined {
    sticky.lastIndex = this.#at;
    const found = sticky.exec(this.text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }
}
