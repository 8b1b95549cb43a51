import { problemOfField } from '../../../../cli/src/secrets/known-fields';
import config from '../../../../portcullis.config';

const problemOf = problemOfField(config);

test.each([
  ['secret/fintech-api/config', 'encryption_key', 'short', 'expected at least 32 characters'],
  ['/secret//fintech-api/config/', 'encryption_key', 'short', 'expected at least 32 characters'],
  ['secret/fintech-api/config', 'jwt_signing_key', 'short', 'expected at least 32 characters'],
  ['secret/fintech-api/config', 'db_port', 'canary', 'expected number'],
  ['secret/fintech-api/limits', 'acme', 'gold', 'expected a tier (free, pro, enterprise, anonymous)'],
])('%s: %s cannot be %j', (path, field, value, expected) => {
  const problem = problemOf(path, field, value);
  expect(problem).toContain(expected);
  expect(problem).not.toContain(value);
});

test.each([
  ['secret/fintech-api/config', 'encryption_key', 'k'.repeat(32)],
  ['secret/fintech-api/config', 'a_field_of_yours', 'x'],
  ['secret/fintech-api/limits', 'acme', '5000/1m'],
  ['secret/other/config', 'encryption_key', 'x'],
])('%s: %s may be %j', (path, field, value) => {
  expect(problemOf(path, field, value)).toBeUndefined();
});
