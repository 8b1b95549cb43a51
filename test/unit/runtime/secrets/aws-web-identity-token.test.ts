import { awsWebIdentityToken } from '@portcullis/runtime';
import { decodeJwt } from 'jose';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startSts, type StsAccount, type StsDouble } from '../../../support/sts-double';

const roleArn = 'arn:aws:iam::123456789012:role/orders-task';
const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  sessionToken: 'of the role/with+signs==',
};
const account: StsAccount = { secretAccessKey: credentials.secretAccessKey, roleArn };
let sts: StsDouble;

beforeAll(async () => (sts = await startSts(account)));
afterEach(() => (account.refusal = undefined));
afterAll(() => sts.close());

const tokenSource = (options: Partial<Parameters<typeof awsWebIdentityToken>[0]> = {}) =>
  awsWebIdentityToken({
    audience: 'https://vault.example.com',
    region: 'eu-central-1',
    endpoint: sts.url,
    credentials: () => Promise.resolve(credentials),
    ...options,
  });

it('asks for the identity of the role, for one audience, for a minute', async () => {
  const token = await tokenSource()();
  const { iat = 0, exp = 0, ...claims } = decodeJwt(token);
  expect(claims).toMatchObject({ iss: sts.url, aud: 'https://vault.example.com', sub: roleArn });
  expect(exp - iat).toBe(60);
  expect(Object.fromEntries(sts.asked.at(-1) ?? [])).toEqual({
    Action: 'GetWebIdentityToken',
    Version: '2011-06-15',
    'Audience.member.1': 'https://vault.example.com',
    DurationSeconds: '60',
    SigningAlgorithm: 'ES384',
  });
});

it('asks anew each time, with the credentials of that moment', async () => {
  let keys = credentials;
  const source = tokenSource({ credentials: () => Promise.resolve(keys) });
  const first = await source();
  expect(await source()).not.toBe(first);
  keys = { ...credentials, secretAccessKey: 'another key' };
  await expect(source()).rejects.toMatchObject({
    code: 'ERR_LOGIN_SOURCE',
    message: expect.stringContaining('SignatureDoesNotMatch') as string,
  });
});

it.each([
  ['OutboundWebIdentityFederationDisabledException', 'enable-outbound-web-identity-federation'],
  ['AccessDenied', 'webIdentityAccess()'],
] as const)('says what to do about %s', async (refusal, remedy) => {
  account.refusal = refusal;
  await expect(tokenSource()()).rejects.toMatchObject({
    code: 'ERR_LOGIN_SOURCE',
    message: expect.stringContaining(remedy) as string,
  });
});

it('says that the task has no way to STS', async () => {
  const closed = await startSts(account);
  await closed.close();
  await expect(tokenSource({ endpoint: closed.url })()).rejects.toMatchObject({
    code: 'ERR_LOGIN_SOURCE',
    message: expect.stringContaining('VPC endpoint') as string,
  });
});

it.each([
  ['a name that every object has', '<Code>__proto__</Code>', 'answered __proto__'],
  ['no end', '<Code>'.padEnd(100_000, 'a'), 'did not answer'],
])('takes an answer with %s for no token', async (_what, text, message) => {
  const server = createServer((_request, response) => void response.end(text)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const failure = await tokenSource({ endpoint })().catch((error: unknown) => error as Error);
  expect(failure).toMatchObject({ code: 'ERR_LOGIN_SOURCE' });
  expect((failure as Error).message).toMatch(new RegExp(`^STS at ${new URL(endpoint).host} ${message}`));
  server.closeAllConnections();
  server.close();
});

it.each([
  ['a region that names another host', { region: 'evil.example/', endpoint: undefined as never }],
  ['a region with a user', { region: 'eu@evil.example', endpoint: undefined as never }],
  ['a path', { endpoint: 'https://sts.example.com/path' }],
  ['plain HTTP', { endpoint: 'http://sts.example.com' }],
])('refuses %s', (_what, options) => {
  expect(() => tokenSource(options)).toThrow(
    expect.objectContaining({ code: 'ERR_SECRETS_CONFIG' }) as Error,
  );
});
