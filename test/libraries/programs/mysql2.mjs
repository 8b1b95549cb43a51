import { createPool } from 'mysql2/promise';
import { setTimeout as pause } from 'node:timers/promises';
import { dawdle, UNDO } from '../harness.mjs';

/** A pool is made anew with each user; the one before ends when what it was doing is done. */
export async function open({ secrets, mysql }) {
  const { host, port } = mysql;
  const credentials = await secrets.credentials('mysql', { graceSeconds: 2 });
  const poolOf = ({ user, password }) =>
    createPool({ host, port, database: 'app', user, password: password.reveal(), connectionLimit: 8 });
  let pool = poolOf(credentials.current);
  credentials.onRotate(async ({ current }) => {
    const before = pool;
    pool = poolOf(current);
    await pause(1_000);
    await before.end();
  });
  const insert = (on, kind) => on.query('insert into work (kind) values (?)', [kind]);
  return {
    commit: () => insert(pool, 'kept'),
    rollBack: async () => {
      const connection = await pool.getConnection();
      try {
        await connection.beginTransaction();
        await insert(connection, 'undone');
        await dawdle();
        await insert(connection, 'undone');
        await connection.rollback();
      } finally {
        connection.release();
      }
      throw UNDO;
    },
    settle: async () => {
      const [rows] = await pool.query('select kind, count(*) as count from work group by kind');
      const of = (kind) => rows.find((row) => row.kind === kind)?.count ?? 0;
      return { kept: of('kept'), undone: of('undone') };
    },
    close: () => pool.end(),
  };
}
