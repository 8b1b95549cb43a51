import { CompactEncrypt } from 'jose';
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { Sealer } from '../../../../../runtime/src/auth/login/seal';

const secret = (): string => randomBytes(32).toString('base64url');
const [oldest, old, current] = [secret(), secret(), secret()] as const;
const value = { subject: 'ada', tokens: ['x'] };

it('opens what it sealed', async () => {
  const sealer = new Sealer([current], 'session');
  await expect(sealer.open(await sealer.seal(value))).resolves.toEqual(value);
});

it('shows nothing of the content, and never the same text twice', async () => {
  const sealer = new Sealer([current], 'session');
  const [first, second] = [await sealer.seal(value), await sealer.seal(value)];
  expect(first).not.toBe(second);
  expect(Buffer.from(first.split('.')[3] ?? '', 'base64url').toString('latin1')).not.toContain('ada');
});

it('opens what an old key sealed, and seals with the new one', async () => {
  const before = await new Sealer([old], 'session').seal(value);
  const rotating = new Sealer([current, old], 'session');
  await expect(rotating.open(before)).resolves.toEqual(value);

  const after = await rotating.seal(value);
  await expect(new Sealer([current], 'session').open(after)).resolves.toEqual(value);
  await expect(new Sealer([old], 'session').open(after)).resolves.toBeUndefined();
});

it('opens nothing that was sealed with a key that is gone, or for another purpose', async () => {
  const sealed = await new Sealer([oldest], 'session').seal(value);
  await expect(new Sealer([current, old], 'session').open(sealed)).resolves.toBeUndefined();
  await expect(new Sealer([oldest], 'login').open(sealed)).resolves.toBeUndefined();
});

it('opens nothing that was changed by a single character', async () => {
  const sealer = new Sealer([current], 'session');
  const sealed = await sealer.seal(value);
  await fc.assert(
    fc.asyncProperty(
      fc.nat({ max: sealed.length - 1 }),
      fc.constantFrom('A', 'B', 'x', 'z', '0', '9', '-', '_', '.'),
      async (at, character) => {
        fc.pre(sealed[at] !== character);
        const changed = sealed.slice(0, at) + character + sealed.slice(at + 1);
        // The last character of a part may hold spare bits: then the bytes are the same.
        const same = changed
          .split('.')
          .every((part, index) =>
            Buffer.from(part, 'base64url').equals(Buffer.from(sealed.split('.')[index] ?? '', 'base64url')),
          );
        fc.pre(!same);
        await expect(sealer.open(changed)).resolves.toBeUndefined();
      },
    ),
    { numRuns: 500 },
  );
});

it.each(['', '.', '....', 'a.b.c.d.e', 'null', '{}', 'a'.repeat(10_000)])('opens no %j', async (text) => {
  await expect(new Sealer([current], 'session').open(text)).resolves.toBeUndefined();
});

it('takes no other algorithm, whatever a text says of itself', async () => {
  const key = randomBytes(32);
  const other = await new CompactEncrypt(Buffer.from('{}'))
    .setProtectedHeader({ alg: 'A256KW', enc: 'A256GCM' })
    .encrypt(key);
  await expect(new Sealer([key.toString('latin1')], 'session').open(other)).resolves.toBeUndefined();
});

it('follows secrets that change while it is used', async () => {
  let secrets: readonly string[] = [old];
  const running = new Sealer(() => secrets, 'session');
  const before = await running.seal(value);
  secrets = [current, old];
  await expect(running.open(before)).resolves.toEqual(value);
  await expect(new Sealer([current], 'session').open(await running.seal(value))).resolves.toEqual(value);
  secrets = [current];
  await expect(running.open(before)).resolves.toBeUndefined();
});
