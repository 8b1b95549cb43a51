import { databaseOf } from '../../../example/database';

const settings = { DATABASE_NAME: 'fintech', DATABASE_POOL_MAX: 10 };
const at = (db_host: string) => databaseOf({ db_host, db_port: 5_432 }, settings);

it.each(['postgres.prod.fintech.example.com', '10.40.0.7', 'localhost.example.com'])(
  'queries cross a network encrypted, to a server that proves its name: %s',
  (host) => expect(at(host)).toEqual({ host, port: 5_432, database: 'fintech', max: 10, ssl: true }),
);

it.each(['127.0.0.1', 'localhost', '::1'])('on this machine they need no certificate: %s', (host) => {
  expect(at(host).ssl).toBe(false);
});
