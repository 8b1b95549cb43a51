import { readSettings } from '../../../example/settings';

test('an empty environment gives the defaults', () => {
  expect(readSettings({})).toMatchObject({ PORT: 3_000, LOG_LEVEL: 'info', DATABASE_POOL_MAX: 10 });
});

test('every variable that is wrong is named at once, its value never shown', () => {
  const env = { PORT: 'hunter2', OIDC_ISSUER_URL: 'hunter2', DATABASE_POOL_MAX: '0' };

  expect(() => readSettings(env)).toThrow(/PORT.*\n.*OIDC_ISSUER_URL.*\n.*DATABASE_POOL_MAX/);
  expect(() => readSettings(env)).not.toThrow(/hunter2/);
});
