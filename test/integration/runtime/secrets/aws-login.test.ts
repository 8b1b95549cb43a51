import { awsLogin, SecretsManager } from '@portcullis/runtime';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { VaultClient } from '../../../../cli/src/engines/vault-client';
import { useOpenBao } from '../../../support/engines';
import { testWithAwsAuth } from '../../../support/server-features';
import { isSignedWith } from '../../../support/sts-double';

const ACCOUNT = '123456789012';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/api-task`;
const HOST = 'sts.eu-west-1.amazonaws.com';
const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  sessionToken: 'of the role/with+signs==',
};

/** Vault's own auth method, which checks what it is handed; where it asks who signed, the double of STS answers. */
const vault = useOpenBao();
let sts: Server;

beforeAll(async () => {
  sts = createServer((request, response) => {
    void text(request).then((body) => {
      const { method = '', url = '', headers } = request;
      // Vault sends `//` where `/` was signed; AWS normalizes paths before it compares, except in S3.
      const target = new URL(url.replace(/^\/+/, '/'), `https://${HOST}`);
      const signed = isSignedWith(credentials.secretAccessKey, {
        method,
        url: target,
        headers: headers as Record<string, string>,
        body,
      });
      response.writeHead(signed && headers.host === HOST ? 200 : 403, { 'content-type': 'text/xml' });
      response.end(signed ? IDENTITY : '<ErrorResponse><Code>SignatureDoesNotMatch</Code></ErrorResponse>');
    });
  });
  sts.listen(0, '127.0.0.1');
  await once(sts, 'listening');
});

afterAll(() => new Promise((resolve) => sts.close(resolve)));

const IDENTITY = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <GetCallerIdentityResult>
    <Arn>arn:aws:sts::${ACCOUNT}:assumed-role/api-task/9f2c</Arn>
    <UserId>AROAEXAMPLE:9f2c</UserId>
    <Account>${ACCOUNT}</Account>
  </GetCallerIdentityResult>
</GetCallerIdentityResponse>`;

/** What the construct `VaultAwsAuth` sets, and where STS is. */
async function configure(): Promise<void> {
  const admin = new VaultClient(vault().address, vault().rootToken);
  await admin.write('sys/auth/aws', { type: 'aws' });
  await admin.write('auth/aws/config/client', {
    sts_endpoint: `http://127.0.0.1:${(sts.address() as AddressInfo).port}`,
    sts_region: 'eu-west-1',
    iam_server_id_header_value: 'vault.example.com',
    max_retries: 0,
  });
  for (const [role, arn] of [
    ['api', ROLE],
    ['other', `${ROLE}-of-another`],
  ]) {
    await admin.write(`auth/aws/role/${role}`, {
      auth_type: 'iam',
      bound_iam_principal_arn: arn,
      resolve_aws_unique_ids: false,
      token_period: '1h',
    });
  }
}

const connect = (options: Partial<Parameters<typeof awsLogin>[0]> = {}): Promise<SecretsManager> =>
  SecretsManager.connect({
    address: vault().address,
    startupSeconds: 0,
    login: awsLogin({
      role: 'api',
      region: 'eu-west-1',
      serverId: 'vault.example.com',
      credentials: () => Promise.resolve(credentials),
      ...options,
    }),
  });

testWithAwsAuth('the role of a task logs in to Vault; another key, server or role does not', async () => {
  await configure();
  const secrets = await connect();
  expect(secrets.status().token).toMatchObject({ valid: true, nextAction: 'renew' });
  await secrets.close();

  const another = { ...credentials, secretAccessKey: 'another key' };
  for (const mistake of [
    { credentials: () => Promise.resolve(another) },
    { serverId: 'vault.evil.example' },
    { role: 'other' },
    { role: 'nobody' },
  ])
    await expect(connect(mistake)).rejects.toMatchObject({
      code: 'ERR_VAULT_LOGIN_REFUSED',
      message: expect.stringContaining("task's IAM role") as string,
    });
});
