/** The JSON objects inside a token, read more strictly than `JSON.parse` does. */
import { isAscii } from 'node:buffer';

/** No provider nests claims deeper. A hostile token that does must not exhaust the stack. */
const DEEPEST = 16;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads a JSON object from UTF-8 bytes. Each name may appear once (RFC 7515 §4, RFC 7519 §4). Of several equal
 * names `JSON.parse` takes the last and other readers take the first: a token could pass one reader and mean
 * something else to another.
 *
 * @returns `undefined` for anything but one well-formed object.
 */
export function parseJsonObject(bytes: Buffer): Record<string, unknown> | undefined {
  try {
    // Nearly all tokens are ASCII, which needs no decoder.
    const text = isAscii(bytes) ? bytes.toString('latin1') : decoder.decode(bytes);
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    const isStrict = countNames(value, 1) === countEndsOfNames(text) || hasUniqueNames(text);
    return isStrict ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Ends every name. A string may contain it too, so there are never fewer matches than names. */
const END_OF_NAME = /"\s*:/g;

function countEndsOfNames(text: string): number {
  let count = 0;
  END_OF_NAME.lastIndex = 0;
  while (END_OF_NAME.test(text)) count += 1;
  return count;
}

/**
 * Counts the names in a value that `JSON.parse` returned, which keeps one of several equal names. If
 * `countEndsOfNames()` found as many in the text, each name was there once, and the text need not be walked.
 *
 * @returns NaN when it is nested too deeply.
 */
function countNames(value: unknown, depth: number): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (depth > DEEPEST) return NaN;
  const parts: unknown[] = Object.values(value);
  let count = Array.isArray(value) ? 0 : parts.length;
  for (const part of parts) count += countNames(part, depth + 1);
  return count;
}

/** Walks text that is known to be valid JSON, collecting the names of each object that is open. */
function hasUniqueNames(text: string): boolean {
  const open: (Set<string> | undefined)[] = [];
  let at = 0;
  while (at < text.length) {
    const character = text[at];
    if (character === '{' || character === '[') {
      if (open.push(character === '{' ? new Set() : undefined) > DEEPEST) return false;
    } else if (character === '}' || character === ']') {
      open.pop();
    } else if (character === '"') {
      const end = endOfString(text, at);
      const names = open.at(-1);
      if (names && followedByColon(text, end)) {
        const name = nameIn(text.slice(at, end));
        if (names.has(name)) return false;
        names.add(name);
      }
      at = end;
      continue;
    }
    at += 1;
  }
  return true;
}

/** The name that a string spells. Few have an escape, and to parse each would double what this walk costs. */
function nameIn(quoted: string): string {
  return quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1);
}

/** The position after a string's closing quote. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function followedByColon(text: string, from: number): boolean {
  let at = from;
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\t' || text[at] === '\r') at += 1;
  return text[at] === ':';
}
