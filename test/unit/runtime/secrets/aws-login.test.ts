import { awsLogin } from '@portcullis/runtime';
import type { Answer } from '../../../../runtime/src/secrets/vault/answer';
import { isSignedWith, type SignedRequest } from '../../../support/sts-double';

const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  sessionToken: 'of the role/with+signs==',
};

/** What a login sends to Vault, and what Vault would send on to STS. */
async function loginRequest(
  options: Partial<Parameters<typeof awsLogin>[0]> = {},
): Promise<{ path: string; role: unknown; sts: SignedRequest }> {
  const sent: { path: string; body?: Readonly<Record<string, unknown>> }[] = [];
  const login = awsLogin({
    role: 'fintech-api',
    credentials: () => Promise.resolve(credentials),
    ...options,
  });
  const vault = {
    send: (message: (typeof sent)[number]): Promise<Answer> => {
      sent.push(message);
      const auth = { client_token: 't', accessor: 'a', lease_duration: 60, renewable: true };
      return Promise.resolve({ kind: 'ok', body: { auth } });
    },
  };
  await expect(login.login(vault, new AbortController().signal)).resolves.toMatchObject({ ttlSeconds: 60 });
  const { path, body = {} } = sent[0]!;
  const decoded = (field: string): string => Buffer.from(String(body[field]), 'base64').toString();
  return {
    path,
    role: body.role,
    sts: {
      method: String(body.iam_http_request_method),
      url: new URL(decoded('iam_request_url')),
      headers: JSON.parse(decoded('iam_request_headers')) as Record<string, string>,
      body: decoded('iam_request_body'),
    },
  };
}

test('Vault is handed a GetCallerIdentity request that STS would take as signed by the role', async () => {
  const { path, role, sts } = await loginRequest();
  expect({ path, role, url: sts.url.href, body: sts.body }).toEqual({
    path: 'auth/aws/login',
    role: 'fintech-api',
    url: 'https://sts.amazonaws.com/',
    body: 'Action=GetCallerIdentity&Version=2011-06-15',
  });
  expect(sts.headers['x-amz-security-token']).toBe(credentials.sessionToken);
  expect(isSignedWith(credentials.secretAccessKey, sts)).toBe(true);
  expect(isSignedWith('another key', sts)).toBe(false);
  expect(isSignedWith(credentials.secretAccessKey, { ...sts, body: 'Action=DeleteUser' })).toBe(false);
});

test('the server ID is part of what is signed, so that the request is worth nothing to another Vault', async () => {
  const { sts } = await loginRequest({ serverId: 'vault.example.com', region: 'eu-west-1', mount: 'aws-eu' });
  expect(sts.headers.authorization).toMatch(/SignedHeaders=[^,]*x-vault-aws-iam-server-id/);
  expect(sts.headers.authorization).toContain('/eu-west-1/sts/');
  expect(sts.url.host).toBe('sts.eu-west-1.amazonaws.com');
  expect(isSignedWith(credentials.secretAccessKey, sts)).toBe(true);
  const moved = { ...sts, headers: { ...sts.headers, 'x-vault-aws-iam-server-id': 'vault.evil.example' } };
  expect(isSignedWith(credentials.secretAccessKey, moved)).toBe(false);
});

test('each login signs anew, with the credentials of that moment', async () => {
  const rotated = { accessKeyId: 'AKIDNEW', secretAccessKey: 'another key' };
  const { sts } = await loginRequest({ credentials: () => Promise.resolve(rotated) });
  expect(sts.headers.authorization).toContain('Credential=AKIDNEW/');
  expect(sts.headers).not.toHaveProperty('x-amz-security-token');
  expect(isSignedWith('another key', sts)).toBe(true);
});
