import { Sequelize } from 'sequelize';
import { dawdle, UNDO } from '../harness.mjs';

/** Sequelize takes no pool: each connection asks for the user of the moment, and goes when that is another. */
export async function open({ secrets, postgres, table }) {
  const credentials = await secrets.credentials('app', { graceSeconds: 2 });
  const { host, port, database } = postgres;
  const sequelize = new Sequelize({
    dialect: 'postgres',
    host,
    port,
    database,
    logging: false,
    pool: {
      max: 8,
      validate: (connection) =>
        connection.user === credentials.current.user && !connection._invalid && !connection._ending,
    },
  });
  sequelize.addHook('beforeConnect', (config) => {
    const { user, password } = credentials.current;
    Object.assign(config, { username: user, password: password.reveal() });
  });
  const insert = (kind, options) =>
    sequelize.query(`insert into ${table} (kind) values ('${kind}')`, options);
  return {
    commit: () => insert('kept'),
    rollBack: () =>
      sequelize.transaction(async (transaction) => {
        await insert('undone', { transaction });
        await dawdle();
        await insert('undone', { transaction });
        throw UNDO;
      }),
    close: () => sequelize.close(),
  };
}
