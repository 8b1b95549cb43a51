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

test.each([
  ['throws', () => fail()],
  ['rejects', () => Promise.resolve().then(fail)],
])(
  'one that %s keeps no rotation from going on, and no other listener from hearing of it',
  async (_how, bad) => {
    const warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    await leases().leaseFor(600);
    const { host, port } = leases().postgres;
    const { secrets } = await leases().connect({ onEvent: bad });
    secrets.onEvent(bad);
    secrets.scheduleCredentialRefresh(bad);
    const users: string[] = [];
    const stop = secrets.scheduleCredentialRefresh(({ user }) => users.push(user));
    const pool = secrets.postgresPool('pg', { host, port, database: 'postgres', max: 2 });
    // eslint-disable-next-line @typescript-eslint/no-misused-promises -- users do
    pool.on('connect', bad);
    const asked = async (): Promise<string | undefined> =>
      (await pool.query<{ user: string }>('select current_user as user')).rows[0]?.user;

    const first = await asked();
    await secrets.rotate();
    expect(users).toEqual([first, await asked()]);
    stop();
    await secrets.rotate();
    expect(users).toHaveLength(2);
    await secrets.close();
    for (const name of ['onEvent', 'onRefresh', "on('connect')"]) {
      expect(warned).toHaveBeenCalledWith(`${name} failed: full disk`);
    }
    warned.mockRestore();
  },
);

function fail(): never {
  throw new Error('full disk');
}
