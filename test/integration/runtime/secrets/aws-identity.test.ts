/**
 * A task's role logs in as the constructs set it up: the real provider and the real server. STS is a double, which gives
 * tokens as AWS documents them.
 */
import { AwsIdentityLogin, AwsIdentityMethod } from '@portcullis/constructs';
import { awsWebIdentityToken, jwtLogin, SecretsManager } from '@portcullis/runtime';
import { Run } from '../../../../cli/src/engines/process/run';
import { startSts, type StsAccount, type StsDouble } from '../../../support/sts-double';
import { AppliedStack } from '../../applied-stack';

const roleArn = 'arn:aws:iam::123456789012:role/orders-task';
const audience = 'https://vault.example.com';
const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};
const account: StsAccount = { secretAccessKey: credentials.secretAccessKey, roleArn };
const another: StsAccount = { ...account, roleArn: `${roleArn}-of-another` };

let run: Run;
let applied: AppliedStack;
let sts: StsDouble;

beforeAll(async () => {
  run = await Run.open();
  sts = await startSts(account);
  applied = await AppliedStack.open(run);
  await applied.synthesize((stack) => {
    const method = new AwsIdentityMethod(stack, 'aws', { issuer: sts.url });
    new AwsIdentityLogin(stack, 'login', { name: 'orders', method, roleArn, audience });
    new AwsIdentityLogin(stack, 'another', { name: 'another', method, roleArn: another.roleArn, audience });
  });
  const { code, output } = await applied.apply();
  if (code !== 0) throw new Error(output);
});

afterAll(async () => {
  await sts.close();
  await run.close();
});

const connect = (
  token: Partial<Parameters<typeof awsWebIdentityToken>[0]> = {},
  role = 'orders',
): Promise<SecretsManager> =>
  SecretsManager.connect({
    address: applied.vault.address,
    startupSeconds: 0,
    login: jwtLogin({
      role,
      mount: 'aws',
      token: awsWebIdentityToken({
        audience,
        region: 'eu-central-1',
        endpoint: sts.url,
        credentials: () => Promise.resolve(credentials),
        ...token,
      }),
    }),
  });

it('with a token that renews, and nothing but what is granted', async () => {
  const secrets = await connect();
  expect(secrets.status().token).toMatchObject({ valid: true, nextAction: 'renew' });
  await secrets.close();
  await expect(applied.changes()).resolves.toEqual([]);
});

it('as itself alone: not as another role, for another Vault, or by another account', async () => {
  const refused = { code: 'ERR_VAULT_LOGIN_REFUSED' };
  await expect(connect({}, 'another')).rejects.toMatchObject(refused);
  await expect(connect({ audience: 'https://vault.evil.example' })).rejects.toMatchObject(refused);
  const foreign = await startSts(account);
  await expect(connect({ endpoint: foreign.url })).rejects.toMatchObject(refused);
  await foreign.close();
});
