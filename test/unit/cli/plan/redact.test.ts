import { redact } from '../../../../cli/src/plan/shown/redact';

it.each([
  ['postgresql://admin:s3/cr@et@db/x', 'postgresql://admin:(hidden)@db/x'],
  ['https://0123456789abcdef0123@sentry.example.com/1', 'https://(hidden)@sentry.example.com/1'],
  ['host=db user=a password=s3cret dbname=x', 'host=db user=a password=(hidden) dbname=x'],
  ['Server=db;Password=s3cret;Encrypt=true', 'Server=db;Password=(hidden);Encrypt=true'],
  ['AccountName=a;AccountKey=s3cret==', 'AccountName=a;AccountKey=(hidden)'],
  ['Authorization: Bearer s3cret0123', 'Authorization: Bearer (hidden)'],
  ['https://a.example.com/?access_token=s3cret&x=1', 'https://a.example.com/?access_token=(hidden)&x=1'],
  ['{"db_password": "s3cret", "port": "1"}', '{"db_password": (hidden), "port": "1"}'],
  [
    '# hvs.s3cret0000\npath "a" { capabilities = ["sudo"] }',
    '# (hidden)\npath "a" { capabilities = ["sudo"] }',
  ],
  ['a ghp_s3cret0000000000 b', 'a (hidden) b'],
  ['a AKIAS3CRETS3CRETS3CR b', 'a (hidden) b'],
  ['a eyJhbGciOiJub25lIn0.eyJzM2NyZXQ.x b', 'a (hidden) b'],
  ['-----BEGIN RSA PRIVATE KEY-----\ns3cret\n-----END RSA PRIVATE KEY-----\nb', '(hidden)\nb'],
  ['https://hooks.slack.com/services/s3cret b', 'https://hooks.slack.com/(hidden) b'],
  ['sk_live_s3cret b', '(hidden) b'],
  [
    `CREATE ROLE "{{name}}" LOGIN PASSWORD 's3cret' IN ROLE a;`,
    `CREATE ROLE "{{name}}" LOGIN PASSWORD '(hidden)' IN ROLE a;`,
  ],
  ['on ~app:* >s3cret +get', 'on ~app:* >(hidden) +get'],
])('hides the secret in %j alone', (text, shown) => {
  expect(redact(text)).toBe(shown);
});

it.each([
  'path "a" { capabilities = ["read"] } # hvs. tokens only',
  'postgresql://{{username}}:{{password}}@db/x',
  `CREATE ROLE "{{name}}" WITH LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}';`,
  'its tokens: list of policies gains admin',
  'AppRole fintech-api: uses of a secret ID 1 → unlimited',
  'gains create, sudo on sys/raw/secret',
  'its password will be written (version 1 → 2)',
  'asks for Basic authentication',
])('leaves %j as it is', (text) => {
  expect(redact(text)).toBe(text);
});
