import { Readable } from 'node:stream';
import { readSecret } from '../../../../cli/src/secrets/secret-input';

const input = (...chunks: (string | Buffer)[]): Readable =>
  Readable.from(chunks.map((chunk) => Buffer.from(chunk)));

test.each([
  ['as it is', ['secret'], 'secret'],
  ['without the newline of echo', ['secret\n'], 'secret'],
  ['without the newline of Windows', ['secret\r\n'], 'secret'],
  ['with every other newline', ['-----BEGIN\nkey\n\n'], '-----BEGIN\nkey\n'],
  ['with its spaces', [' secret '], ' secret '],
  ['from several chunks, split within a character', [Buffer.from([0xc3]), Buffer.from([0xa9])], 'é'],
])('a value is read %s', async (_, chunks, expected) => {
  expect(await readSecret(input(...chunks))).toBe(expected);
});

test.each([
  ['is empty', ['\n']],
  ['is empty', []],
  ['is not UTF-8', [Buffer.from([0xff, 0xfe, 0x63])]],
  ['is longer than 524288 bytes', ['c'.repeat(300_000), 'c'.repeat(300_000)]],
])('what %s is refused', async (problem, chunks) => {
  await expect(readSecret(input(...chunks))).rejects.toMatchObject({
    code: 'ERR_SETTING',
    problem: `standard input ${problem}`,
  });
});

test('a terminal is refused', async () => {
  await expect(readSecret(Object.assign(input('secret'), { isTTY: true }))).rejects.toMatchObject({
    code: 'ERR_SETTING',
  });
});
