import { createHash, randomBytes } from 'node:crypto';

/** A password of 256 bits for one run, in characters that need no quoting anywhere. */
export function randomPassword(): string {
  return randomBytes(32).toString('base64url');
}

export function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
