import { withoutLease } from '../../../../cli/src/secrets/sweep/leased-users';

const user = (role: string, seconds: number, random = 'ABCDEFGHIJ0123456789'): string =>
  `V_TOKEN_${role.toUpperCase()}_${random}_${seconds}`;
const lease = (role: string, seconds: number) => ({ role, issuedAt: seconds });
const NOW = 1_800_000_000;

it.each([
  'default',
  'admin',
  'vault_admin',
  'V_',
  'V_TOKEN_REDIS-ROLE',
  'V_TOKEN_REDIS-ROLE_ABCDEFGHIJ0123456789',
  `v-token-redis-role-ABCDEFGHIJ0123456789-${NOW}`,
  `V_REDIS-ROLE_ABCDEFGHIJ0123456789_${NOW}`,
])('leaves %s alone: Vault did not name it', (name) => {
  expect(withoutLease([name], [])).toEqual({ leased: [], orphaned: [] });
});

it('finds the users that no lease stands for', () => {
  const [gone, kept] = [user('redis-role', NOW - 60), user('redis-role', NOW)];
  expect(withoutLease([gone, kept, 'admin'], [lease('redis-role', NOW + 0.2)])).toEqual({
    leased: [kept],
    orphaned: [gone],
  });
});

it('does not take a lease of another role for a lease of the user', () => {
  const name = user('redis-role', NOW);
  expect(withoutLease([name], [lease('redis-support-role', NOW)]).orphaned).toEqual([name]);
  expect(withoutLease([name], [lease('role', NOW)]).orphaned).toEqual([name]);
});

it('keeps a user whose lease Vault registered seconds after it named the user', () => {
  const name = user('redis-role', NOW);
  expect(withoutLease([name], [lease('redis-role', NOW + 30)]).leased).toEqual([name]);
  expect(withoutLease([name], [lease('redis-role', NOW + 300)]).orphaned).toEqual([name]);
});

it('keeps every user that was named within the second of a lease', () => {
  const names = [user('redis-role', NOW), user('redis-role', NOW, 'J0123456789ABCDEFGHI')];
  expect(withoutLease(names, [lease('redis-role', NOW + 0.5)]).leased).toEqual(names);
});
