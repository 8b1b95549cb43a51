/** A PostgreSQL of the user's own gets back what it was, and what its people did meanwhile stays. */
import { Client } from 'pg';
import { GROUP_ROLES } from '../../../../vault-names';
import { givePostgresBack } from '../../../../cli/src/local/given/postgres';
import { databaseUrl, withClient } from '../../../../cli/src/local/postgres-admin';
import { markOf, seedPostgres } from '../../../../cli/src/local/seed';
import { usePostgres } from '../../../support/engines';

const postgres = usePostgres();

it('users that Vault made go; one that somebody let into their group stays, with its session', async () => {
  const { adminUrl } = postgres();
  const seed = { database: 'fintech', vaultUser: 'vault_admin_1', mark: markOf('1') };
  const password = await seedPostgres(adminUrl, seed);
  const asVault = new URL(databaseUrl(adminUrl, seed.database));
  asVault.username = seed.vaultUser;
  asVault.password = password;
  await withClient(asVault.href, async (query) => {
    await query(`create role "v-leased" login password 'x'`);
    await query(`grant ${GROUP_ROLES.app} to "v-leased"`);
  });
  await withClient(adminUrl, async (query) => {
    await query(`create role theirs login password 'theirs'`);
    await query(`grant ${GROUP_ROLES.app} to theirs`);
  });
  const theirs = new URL(adminUrl);
  theirs.username = theirs.password = 'theirs';
  const client = new Client(theirs.href);
  client.on('error', () => undefined);
  await client.connect();
  try {
    await givePostgresBack(adminUrl, seed);
    const { rows } = await client.query<{ name: string }>(
      `select rolname as name from pg_roles where rolname !~ '^pg_' order by 1`,
    );
    expect(rows.map(({ name }) => name)).toEqual(['postgres', 'theirs']);
  } finally {
    await client.end();
  }
  // Again, as after a start that ended half-way.
  await givePostgresBack(adminUrl, seed);
});
