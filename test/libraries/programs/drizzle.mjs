import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { dawdle, UNDO } from '../harness.mjs';

export function open({ secrets, postgres, table }) {
  const pool = secrets.postgresPool('app', { ...postgres, max: 8 });
  const db = drizzle(pool);
  const insert = (kind) => sql.raw(`insert into ${table} (kind) values ('${kind}')`);
  return {
    commit: () => db.execute(insert('kept')),
    rollBack: () =>
      db.transaction(async (tx) => {
        await tx.execute(insert('undone'));
        await dawdle();
        await tx.execute(insert('undone'));
        throw UNDO;
      }),
    close: () => pool.end(),
  };
}
