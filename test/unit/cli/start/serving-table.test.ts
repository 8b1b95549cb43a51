import { servingTable } from '../../../../cli/src/start/serving-table';

const clients = ['free', 'pro', 'enterprise'].map((tier) => ({
  clientId: tier,
  clientSecret: 'hidden',
  tier,
}));
const identity = {
  issuer: 'http://127.0.0.1:54321/realms/fintech-api-local',
  hasDemoClients: true,
  clients,
  token: () => Promise.reject(new Error('no token is asked for')),
  webApp: () => Promise.resolve({}),
  // Keycloak's, which takes the most room.
  whoCanLogIn: ['log in as ada, grace, katherine', `with the password ${'x'.repeat(43)}`],
};
const environment = {
  identity,
  run: { logOf: () => '/tmp/portcullis-abcdef/logs/api.log' },
  vault: { address: 'http://127.0.0.1:54321', rootToken: 'hidden' },
  postgres: { databaseUrl: 'postgres://postgres:hidden@127.0.0.1:54321/fintech' },
  redis: { host: '127.0.0.1', port: 54_321 },
};
const service = { url: 'http://127.0.0.1:54321', pageUrl: 'http://localhost:54321', pid: 1_234_567 };

/** What is on the screen when it serves, with the line and the prompt below. */
const ROWS_BELOW = 3;

it.each([true, false])(
  'fits a terminal of 80 columns and 24 lines, and shows no secret: offered %s',
  (isOffered) => {
    const lines = servingTable(environment, service, { isOffered }).split('\n');
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(lines.length + ROWS_BELOW).toBeLessThanOrEqual(24);
    expect(lines.join('\n')).not.toContain('hidden');
  },
);

it('has tokens asked for when they are used, of a client that is there', () => {
  const shown = servingTable(environment, service, { isOffered: true });
  expect(shown).toContain('$(portcullis token pro)');
  const other = {
    ...identity,
    hasDemoClients: false,
    clients: [{ clientId: 'orders', clientSecret: 'hidden' }],
  };
  const theirs = servingTable({ ...environment, identity: other }, service, { isOffered: true });
  expect(theirs).toContain('$(portcullis token orders)');
  expect(theirs).not.toContain('org-pro');
});
