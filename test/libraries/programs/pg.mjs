import { dawdle, UNDO } from '../harness.mjs';

/** The pool itself. */
export function open({ secrets, postgres, table }) {
  const pool = secrets.postgresPool('app', { ...postgres, max: 8 });
  return {
    commit: () => pool.query(`insert into ${table} (kind) values ('kept')`),
    rollBack: async () => {
      const client = await pool.connect();
      try {
        await client.query('begin');
        await client.query(`insert into ${table} (kind) values ('undone')`);
        await dawdle();
        await client.query(`insert into ${table} (kind) values ('undone')`);
        await client.query('rollback');
      } finally {
        client.release();
      }
      throw UNDO;
    },
    close: () => pool.end(),
  };
}
