import { crc32, deflateRawSync } from 'node:zlib';

/** 1980-01-01, the first day that the format knows. A fixed day makes the same file the same bytes at any time. */
const EPOCH = [0, 0x21] as const;
const VERSION = 20;
const DEFLATED = 8;
/** `-rw-r--r--` of a regular file. Others need to read it: Lambda runs as another user than the one that unpacks. */
const MADE_BY_UNIX = (3 << 8) | VERSION;
const READABLE = (0o100644 << 16) >>> 0;

/** An archive with one file in it, the same bytes for the same input (PKWARE APPNOTE 6.3 §4.3). */
export function zipOf(name: string, text: string): Buffer {
  const content = Buffer.from(text);
  const packed = deflateRawSync(content, { level: 9 });
  const file = Buffer.from(name);
  const common = [
    ...u16(0, DEFLATED, ...EPOCH),
    ...u32(crc32(content), packed.length, content.length),
    ...u16(file.length, 0),
  ];
  const local = Buffer.from([...u32(0x04034b50), ...u16(VERSION), ...common]);
  const central = Buffer.from([
    ...u32(0x02014b50),
    ...u16(MADE_BY_UNIX, VERSION),
    ...common,
    ...u16(0, 0, 0),
    ...u32(READABLE, 0),
  ]);
  const centralOffset = local.length + file.length + packed.length;
  const end = Buffer.from([
    ...u32(0x06054b50),
    ...u16(0, 0, 1, 1),
    ...u32(central.length + file.length, centralOffset),
    ...u16(0),
  ]);
  return Buffer.concat([local, file, packed, central, file, end]);
}

const u16 = (...values: readonly number[]): number[] =>
  values.flatMap((value) => [value & 0xff, value >>> 8]);
const u32 = (...values: readonly number[]): number[] =>
  values.flatMap((value) => u16(value & 0xffff, value >>> 16));
