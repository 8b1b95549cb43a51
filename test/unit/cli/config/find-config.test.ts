import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findConfig } from '../../../../cli/src/config/find-config';

let above: string;
let folder: string;
beforeEach(() => {
  above = mkdtempSync(join(tmpdir(), 'portcullis-config-'));
  folder = join(above, 'a', 'b');
  mkdirSync(folder, { recursive: true });
});
afterEach(() => rmSync(above, { recursive: true }));

const OURS = process.getuid?.() ?? 1_000;
const SOMEBODY = OURS + 4_711;
const write = (...path: string[]): string => {
  const file = join(...path, 'portcullis.config.ts');
  writeFileSync(file, '');
  return file;
};

it('takes the nearest, from the folder upwards', () => {
  const file = write(above);
  expect(findConfig(folder)).toBe(file);
  const nearer = write(above, 'a');
  expect(findConfig(folder)).toBe(nearer);
});

it('passes over what somebody else put above the folder, and takes what is in it', () => {
  const planted = write(above, 'a');
  const own = write(above);
  const ownerOf = (path: string): number => (path === planted ? SOMEBODY : OURS);
  expect(findConfig(folder, ownerOf)).toBe(own);
  expect(findConfig(join(above, 'a'), ownerOf)).toBe(planted);
});

it('takes what belongs to the owner of the folder, whoever that is', () => {
  const file = write(above);
  expect(findConfig(folder, () => SOMEBODY)).toBe(file);
});
