import pg from 'pg';
import { DataSource } from 'typeorm';
import { dawdle, UNDO } from '../harness.mjs';

/** TypeORM makes its pool itself, by the class that its driver has. */
export async function open({ secrets, postgres, table }) {
  const pool = secrets.postgresPool('app', { ...postgres, max: 8 });
  const driver = {
    ...pg,
    Pool: function () {
      return pool;
    },
  };
  const source = await new DataSource({ type: 'postgres', driver }).initialize();
  return {
    commit: () => source.query(`insert into ${table} (kind) values ('kept')`),
    rollBack: () =>
      source.transaction(async (manager) => {
        await manager.query(`insert into ${table} (kind) values ('undone')`);
        await dawdle();
        await manager.query(`insert into ${table} (kind) values ('undone')`);
        throw UNDO;
      }),
    close: () => source.destroy(),
  };
}
