/**
 * Reads JSON (RFC 8259) from chunks without ever holding the document: a scan report of hundreds of
 * megabytes takes as much memory as its longest *kept* string. Depth and kept text are bounded; what is
 * malformed or ends early is an error, never a shorter document.
 */
import { unreadable } from './unreadable';
import type { PortcullisError } from '../../errors';

export interface JsonEvents {
  open(kind: 'object' | 'array'): void;
  close(): void;
  key(name: string): void;
  scalar(value: string | number | boolean | null): void;
}

/** Nothing that ZAP writes nests deeper than eight. */
const MAX_DEPTH = 64;
/** Strings are cut here; the rest is checked for its end and dropped. */
const KEPT_TEXT_BYTES = 4_096;
const MAX_LITERAL_BYTES = 64;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
const LITERALS: Readonly<Record<string, boolean | null>> = { true: true, false: false, null: null };

type Expectation = 'value' | 'value or ]' | 'key' | 'key or }' | 'colon' | 'comma or end' | 'nothing more';

export class JsonScanner {
  private expected: Expectation = 'value';
  private readonly nesting: ('object' | 'array')[] = [];
  private readonly text = Buffer.alloc(KEPT_TEXT_BYTES);
  private textLength = 0;
  private isCut = false;
  private inside: 'string' | 'literal' | undefined;
  private escaped = false;
  private consumed = 0;

  constructor(private readonly events: JsonEvents) {}

  /** @throws PortcullisError `ERR_REPORT_UNREADABLE` at the first byte that cannot belong to a JSON document. */
  write(chunk: Uint8Array): void {
    let at = this.consumed === 0 && startsWithByteOrderMark(chunk) ? 3 : 0;
    while (at < chunk.length) {
      if (this.inside === 'string') at = this.continueString(chunk, at);
      else if (this.inside === 'literal') at = this.continueLiteral(chunk, at);
      else at = this.next(chunk, at);
    }
    this.consumed += chunk.length;
  }

  /** @throws PortcullisError `ERR_REPORT_UNREADABLE` when the document is empty or not complete. */
  end(): void {
    if (this.inside === 'literal') this.endLiteral();
    if (this.expected === 'nothing more') return;
    if (this.consumed === 0) throw unreadable('is empty (0 bytes)', 'see that the scan ran');
    throw unreadable(
      `ends early, after ${this.consumed} bytes: it is truncated`,
      'scan again, and check the disk',
    );
  }

  private next(chunk: Uint8Array, at: number): number {
    const byte = chunk[at] ?? 0;
    switch (byte) {
      case 0x20:
      case 0x09:
      case 0x0a:
      case 0x0d:
        return at + 1;
      case 0x7b:
        return this.open('object', at);
      case 0x5b:
        return this.open('array', at);
      case 0x7d:
        return this.close('object', at);
      case 0x5d:
        return this.close('array', at);
      case 0x2c:
        this.require(at, 'comma or end');
        this.expected = this.nesting.at(-1) === 'object' ? 'key' : 'value';
        return at + 1;
      case 0x3a:
        this.require(at, 'colon');
        this.expected = 'value';
        return at + 1;
      case QUOTE:
        this.require(at, 'key', 'key or }', 'value', 'value or ]');
        this.begin('string');
        return at + 1;
      default:
        this.require(at, 'value', 'value or ]');
        this.begin('literal');
        return this.continueLiteral(chunk, at);
    }
  }

  private open(kind: 'object' | 'array', at: number): number {
    this.require(at, 'value', 'value or ]');
    if (this.nesting.length >= MAX_DEPTH) throw this.malformed(at, `more than ${MAX_DEPTH} levels deep`);
    this.nesting.push(kind);
    this.expected = kind === 'object' ? 'key or }' : 'value or ]';
    this.events.open(kind);
    return at + 1;
  }

  private close(kind: 'object' | 'array', at: number): number {
    if (this.nesting.at(-1) !== kind) throw this.malformed(at, 'an end without its beginning');
    this.require(at, 'comma or end', kind === 'object' ? 'key or }' : 'value or ]');
    this.nesting.pop();
    this.events.close();
    this.valueEnded();
    return at + 1;
  }

  private begin(what: 'string' | 'literal'): void {
    this.inside = what;
    this.textLength = 0;
    this.isCut = false;
    this.escaped = false;
  }

  private continueString(chunk: Uint8Array, from: number): number {
    let at = from;
    for (; at < chunk.length; at += 1) {
      const byte = chunk[at] ?? 0;
      if (byte < 0x20) throw this.malformed(at, 'a control character inside a string');
      if (this.escaped) this.escaped = false;
      else if (byte === BACKSLASH) this.escaped = true;
      else if (byte === QUOTE) break;
    }
    this.keep(chunk, from, at);
    if (at === chunk.length) return at;
    this.inside = undefined;
    const text = this.decodeString(at);
    if (this.expected === 'key' || this.expected === 'key or }') {
      this.events.key(text);
      this.expected = 'colon';
    } else {
      this.events.scalar(text);
      this.valueEnded();
    }
    return at + 1;
  }

  private decodeString(at: number): string {
    let raw = this.text.toString('utf8', 0, this.textLength);
    if (this.isCut) raw = withoutPartialEscape(raw);
    try {
      return JSON.parse(`"${raw}"`) as string;
    } catch {
      throw this.malformed(at, 'an unknown escape inside a string');
    }
  }

  private continueLiteral(chunk: Uint8Array, from: number): number {
    let at = from;
    while (at < chunk.length && isLiteralByte(chunk[at] ?? 0)) at += 1;
    this.keep(chunk, from, at);
    if (at === from && this.textLength === 0) throw this.malformed(at, 'not JSON');
    if (this.textLength > MAX_LITERAL_BYTES) throw this.malformed(at, 'a number of more than 64 digits');
    if (at < chunk.length) this.endLiteral();
    return at;
  }

  private endLiteral(): void {
    this.inside = undefined;
    const text = this.text.toString('latin1', 0, this.textLength);
    const literal = Object.hasOwn(LITERALS, text) ? LITERALS[text] : undefined;
    if (literal === undefined && !NUMBER.test(text))
      throw this.malformed(0, 'neither a number nor a literal');
    this.events.scalar(literal === undefined ? Number(text) : literal);
    this.valueEnded();
  }

  private keep(chunk: Uint8Array, from: number, to: number): void {
    const room = KEPT_TEXT_BYTES - this.textLength;
    if (to - from > room) this.isCut = true;
    const end = Math.min(to, from + room);
    this.text.set(chunk.subarray(from, end), this.textLength);
    this.textLength += end - from;
  }

  private valueEnded(): void {
    this.expected = this.nesting.length === 0 ? 'nothing more' : 'comma or end';
  }

  private require(at: number, ...allowed: readonly Expectation[]): void {
    if (!allowed.includes(this.expected)) throw this.malformed(at, `expected ${this.expected}`);
  }

  private malformed(at: number, why: string): PortcullisError {
    return unreadable(`is not valid JSON near byte ${this.consumed + at}: ${why}`);
  }
}

function isLiteralByte(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    byte === 0x2b ||
    byte === 0x2d ||
    byte === 0x2e ||
    byte === 0x45
  );
}

function startsWithByteOrderMark(chunk: Uint8Array): boolean {
  return chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf;
}

/** A cut may fall inside `\u00e9`. Counting the backslashes tells an escape from an escaped backslash. */
function withoutPartialEscape(raw: string): string {
  const tail = /(\\+)(u[0-9a-fA-F]{0,3})?$/.exec(raw);
  if (!tail || (tail[1] ?? '').length % 2 === 0) return raw;
  return raw.slice(0, raw.length - 1 - (tail[2] ?? '').length);
}
