import { useShortLeases } from './short-leases';

const leases = useShortLeases();

test("a listener hears every query's connection across a rotation, from when it comes to when it goes", async () => {
  await leases().leaseFor(600);
  const { host, port } = leases().postgres;
  const { secrets } = await leases().connect();
  const pool = secrets.postgresPool('pg', { host, port, database: 'postgres', max: 2 });
  await pool.query('select 1');

  const heard: string[] = [];
  const acquired = (): void => void heard.push('acquire');
  const released = (): void => void heard.push('release');
  pool.on('acquire', acquired).on('release', released);
  await pool.query('select 1');
  expect(heard).toEqual(['acquire', 'release']);

  await secrets.rotate();
  heard.length = 0; // What the probe of the new connection told.
  pool.off('release', released);
  await pool.query('select 1');
  expect(heard).toEqual(['acquire']);

  pool.off('acquire', acquired);
  await pool.query('select 1');
  expect(heard).toEqual(['acquire']);
  await secrets.close();
});
