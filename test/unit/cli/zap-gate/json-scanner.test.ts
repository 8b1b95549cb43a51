import fc from 'fast-check';
import { JsonScanner, type JsonEvents } from '../../../../cli/src/zap-gate/report/json-scanner';

/** Rebuilds the document from the events, so that the scanner can be held against JSON.parse. */
class Rebuilt implements JsonEvents {
  result: unknown;
  private readonly stack: { value: unknown[] | Record<string, unknown>; key: string }[] = [];

  open(kind: 'object' | 'array'): void {
    this.stack.push({ value: kind === 'array' ? [] : {}, key: '' });
  }
  close(): void {
    this.put(this.stack.pop()!.value);
  }
  key(name: string): void {
    this.stack.at(-1)!.key = name;
  }
  scalar(value: unknown): void {
    this.put(value);
  }
  private put(value: unknown): void {
    const top = this.stack.at(-1);
    if (!top) this.result = value;
    else if (Array.isArray(top.value)) top.value.push(value);
    else
      Object.defineProperty(top.value, top.key, {
        value,
        enumerable: true,
        configurable: true,
        writable: true,
      });
  }
}

function scan(bytes: Uint8Array, chunkSize = bytes.length || 1): unknown {
  const rebuilt = new Rebuilt();
  const scanner = new JsonScanner(rebuilt);
  for (let at = 0; at < bytes.length; at += chunkSize) scanner.write(bytes.subarray(at, at + chunkSize));
  scanner.end();
  return rebuilt.result;
}

describe('the JSON scanner', () => {
  it('reads what JSON.parse reads, however it is cut into chunks', () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 6 }),
        fc.integer({ min: 1, max: 7 }),
        fc.boolean(),
        (value, size, pretty) => {
          const text = JSON.stringify(value, null, pretty ? 2 : 0);
          expect(scan(Buffer.from(text), size)).toEqual(JSON.parse(text));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('accepts and refuses exactly what JSON.parse does, in documents damaged at one byte', () => {
    const original = Buffer.from('{"a":[1,-2.5e3,true,null,"x\\u00e9\\n"],"b":{}}');
    fc.assert(
      fc.property(fc.nat(original.length - 1), fc.integer({ min: 0x20, max: 0x7e }), (at, byte) => {
        const damaged = Buffer.from(original);
        damaged[at] = byte;
        expect(outcome(() => scan(damaged, 3))).toEqual(
          outcome(() => JSON.parse(damaged.toString()) as unknown),
        );
      }),
      { numRuns: 2_000 },
    );
  });

  it('refuses every beginning of a document that is not the whole', () => {
    const text = '{"site":[{"@name":"https://a","alerts":[{"riskcode":"3","n":12}]}]}';
    for (let length = 0; length < text.length; length += 1) {
      expect(() => scan(Buffer.from(text.slice(0, length)))).toThrow(/empty|ends early/);
    }
  });

  it('cuts long strings, also inside an escape, and reads on', () => {
    for (let before = 4_080; before <= 4_100; before += 1) {
      const [cut, after] = scan(
        Buffer.from(`["${'a'.repeat(before)}\\u00e9\\\\\\"${'b'.repeat(99)}","next"]`),
        1_000,
      ) as [string, string];
      expect(cut.startsWith('a'.repeat(4_080))).toBe(true);
      expect(cut.length).toBeLessThanOrEqual(4_096);
      expect(after).toBe('next');
    }
  });

  it('refuses nesting that no report has, instead of running out of memory', () => {
    expect(() => scan(Buffer.from('['.repeat(100_000)))).toThrow('more than 64 levels deep');
  });

  it('skips a byte order mark, and refuses UTF-16', () => {
    expect(scan(Buffer.from('\ufeff[1]'))).toEqual([1]);
    expect(() => scan(Buffer.from('[1]', 'utf16le'))).toThrow('not valid JSON');
  });

  it.each([
    ['[1}'],
    ['{"a":1]'],
    ['[1,]'],
    ['{,}'],
    ['{"a"}'],
    ['[1] [2]'],
    ['[01]'],
    ['["\\x"]'],
    ['["\u0001"]'],
    ['tru'],
    ['[+1]'],
    ['[1 2]'],
  ])('refuses %s', (text) => {
    expect(() => scan(Buffer.from(text))).toThrow('the report is not valid JSON near byte');
  });
});

function outcome(read: () => unknown): unknown {
  try {
    return { value: read() };
  } catch {
    return 'refused';
  }
}
