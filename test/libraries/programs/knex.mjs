import knex from 'knex';
import Postgres from 'knex/lib/dialects/postgres/index.js';
import { dawdle, UNDO } from '../harness.mjs';

/** knex has a pool of its own: each connection asks for the user of the moment, and goes when that is another. */
export async function open({ secrets, postgres, table }) {
  const credentials = await secrets.credentials('app', { graceSeconds: 2 });
  class Rotating extends Postgres {
    validateConnection(connection) {
      return connection.user === credentials.current.user && super.validateConnection(connection);
    }
  }
  const db = knex({
    client: Rotating,
    connection: () => {
      const { user, password } = credentials.current;
      return {
        ...postgres,
        user,
        password: password.reveal(),
        expirationChecker: () => user !== credentials.current.user,
      };
    },
    pool: { min: 0, max: 8 },
  });
  return {
    commit: () => db(table).insert({ kind: 'kept' }),
    rollBack: () =>
      db.transaction(async (tx) => {
        await tx(table).insert({ kind: 'undone' });
        await dawdle();
        await tx(table).insert({ kind: 'undone' });
        throw UNDO;
      }),
    close: () => db.destroy(),
  };
}
