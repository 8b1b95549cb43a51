import { SecretsError } from '../../../../runtime/src/secrets/errors';
import type { SecretsEvent } from '../../../../runtime/src/secrets/events';
import { TransitPseudonyms, type PseudonymsParts } from '../../../../runtime/src/secrets/transit/pseudonyms';
import { manualClock } from '../../../support/clock';

const ALICE = { issuer: 'https://auth.example.com', subject: 'alice' };

function pseudonymsOf({ key = 'pseudonyms/orders' } = {}) {
  const clock = manualClock();
  const events: SecretsEvent[] = [];
  const asked: Parameters<PseudonymsParts['access']['request']>[0][] = [];
  const vault = { isUp: true };
  const access: PseudonymsParts['access'] = {
    request: (message) => {
      asked.push(message);
      if (!vault.isUp) return Promise.reject(new SecretsError('ERR_VAULT_SEALED', 'sealed'));
      const ciphertext = `vault:v1:${String(message.body?.plaintext)}`;
      return Promise.resolve({ body: { data: { ciphertext } }, session: undefined as never });
    },
  };
  const pseudonyms = new TransitPseudonyms({ access, clock, emit: (event) => events.push(event), key });
  return { pseudonyms, clock, events, asked, vault };
}

it('asks Vault once for each person, however many ask for them, and knows them from then on', async () => {
  const { pseudonyms, asked } = pseudonymsOf();
  expect(pseudonyms.known(ALICE)).toBeUndefined();
  const [first, second] = await Promise.all([pseudonyms.of(ALICE), pseudonyms.of({ ...ALICE })]);
  expect(first).toBe(second);
  expect(pseudonyms.known(ALICE)).toBe(first);
  expect(await pseudonyms.of({ ...ALICE, issuer: 'https://other.example.com' })).not.toBe(first);
  expect(asked.map(({ path }) => path)).toEqual(['pseudonyms/encrypt/orders', 'pseudonyms/encrypt/orders']);
});

it('remembers so many people that a process does not grow for ever: those who came last', async () => {
  const { pseudonyms, asked } = pseudonymsOf();
  await pseudonyms.of(ALICE);
  for (let id = 0; id < 9_999; id += 1) await pseudonyms.of({ ...ALICE, subject: String(id) });
  expect(pseudonyms.known(ALICE)).toBeDefined();
  await pseudonyms.of({ ...ALICE, subject: 'one more' });
  expect(pseudonyms.known(ALICE)).toBeDefined();
  expect(pseudonyms.known({ ...ALICE, subject: '0' })).toBeUndefined();
  expect(asked).toHaveLength(10_001);
});

it('leaves a Vault that does not answer alone for ten seconds, and says so once', async () => {
  const { pseudonyms, clock, events, asked, vault } = pseudonymsOf();
  vault.isUp = false;
  for (let call = 0; call < 5; call += 1) await expect(pseudonyms.of(ALICE)).rejects.toThrow('sealed');
  expect(asked).toHaveLength(1);
  expect(events).toEqual([
    { type: 'pseudonym_failed', code: 'ERR_VAULT_SEALED', message: 'sealed (ERR_VAULT_SEALED)' },
  ]);
  vault.isUp = true;
  await clock.advance(10_000);
  await expect(pseudonyms.of(ALICE)).resolves.toMatch(/^vault:v1:/);
});

it.each(['orders', '../orders', ''])('refuses the key %j, which is no mount and key', (key) => {
  expect(() => pseudonymsOf({ key })).toThrow(/key of pseudonyms as in pseudonyms\/orders/);
});
