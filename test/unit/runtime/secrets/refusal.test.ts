import { isRefusal } from '../../../../runtime/src/secrets/postgres/refusal';

const fatal = (code: string, message: string) =>
  Object.assign(new Error(message), { code, severity: 'FATAL' });

test.each([
  ['PostgreSQL: a wrong password', fatal('28P01', 'password authentication failed for user "v-app"')],
  ['PostgreSQL: no such role', fatal('28000', 'role "v-app" does not exist')],
  ['PgBouncer: auth_query finds none', fatal('08P01', 'no such user')],
  ['PgBouncer: auth_file has none', fatal('08P01', 'no such user: v-app')],
  ['PgBouncer: another password', fatal('08P01', 'SASL authentication failed')],
  ['PgBouncer: another password, md5', fatal('08P01', 'password authentication failed')],
  ['PgBouncer 1.18: PostgreSQL refused it', fatal('08P01', 'role "v-app" is not permitted to log in')],
  [
    'PgBouncer: the same, a moment later',
    fatal(
      '08P01',
      'server login has been failing, cached error: password authentication failed for user "v"',
    ),
  ],
  [
    'RDS Proxy: no secret',
    fatal(
      'XX000',
      'This RDS proxy has no credentials for the role v-app. Check the credentials for this role',
    ),
  ],
  [
    'RDS Proxy: another password',
    fatal('XX000', 'The password that was provided for the role v-app is wrong.'),
  ],
  [
    'PostgreSQL in another language',
    Object.assign(fatal('28P01', 'пользователь не прошёл проверку подлинности'), { severity: 'ВАЖНО' }),
  ],
])('%s', (_name, error) => {
  expect(isRefusal(error)).toBe(true);
});

test.each([
  [
    'what SQL raises with the same words',
    Object.assign(fatal('P0001', 'no such user'), { severity: 'ERROR' }),
  ],
  [
    'what SQL raises with the same code',
    Object.assign(fatal('28P01', 'wrong password'), { severity: 'ERROR' }),
  ],
  [
    'what a function raises with the same code, in another language',
    Object.assign(fatal('28000', 'доступ запрещён'), { severity: 'ОШИБКА', where: 'PL/pgSQL function' }),
  ],
  ['a lost connection', Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })],
  ['a server without room', fatal('53300', 'sorry, too many clients already')],
  ['a pooler whose server is away', fatal('08P01', 'server login has been failing, try again later')],
  ['a pooler that was stopped', fatal('08P01', 'client_idle_timeout')],
  ['nothing', undefined],
])('not %s', (_name, error) => {
  expect(isRefusal(error)).toBe(false);
});
