/** A state in S3 at the key that it had before keys had the name of the project. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineCache } from '../../cli/src/engines/install/cache';
import { Run } from '../../cli/src/engines/process/run';
import { engineEnvironment, findOpenTofu } from '../../cli/src/engines/programs/opentofu';
import { earlierState } from '../../cli/src/workspace/earlier-state';
import { startAccount, type Account } from './account';

const REGION = 'eu-central-1';
const TIMEOUT_MS = 600_000;

describe('a state at the key of earlier versions', () => {
  let run: Run;
  let account: Account;
  let command: string;
  let looks = 0;

  beforeAll(async () => {
    run = await Run.open();
    command = await findOpenTofu({ run, cache: new EngineCache(), note: () => undefined });
    account = await startAccount(run, { aws: { account: '444444444444', region: REGION } });
    const { ok } = await fetch(`${account.client.endpoint}/states`, {
      method: 'PUT',
      body: `<CreateBucketConfiguration><LocationConstraint>${REGION}</LocationConstraint></CreateBucketConfiguration>`,
    });
    expect(ok).toBe(true);
  }, TIMEOUT_MS);
  afterAll(() => run.close());

  const engineIn =
    (cwd: string) =>
    (args: readonly string[]): Promise<string> =>
      run.complete(
        { name: args[0] ?? '', command, args, cwd, env: { ...engineEnvironment(), ...account.variables } },
        { code: 'ERR_ENGINE_FAILED', remedy: 'mend what the engine says' },
      );

  const stateAt = (key: string) => ({
    terraform: {
      backend: {
        s3: {
          ...{ bucket: 'states', key, region: REGION, encrypt: true, kms_key_id: 'alias/state' },
          ...{ use_path_style: true, skip_credentials_validation: true, skip_requesting_account_id: true },
        },
      },
    },
  });

  const found = async (key: string): Promise<string | undefined> => {
    const folder = await run.subfolder(`earlier-${(looks += 1)}`);
    return earlierState(stateAt(key), folder, engineIn(folder));
  };

  it(
    'is found, with the command that moves it; another stack has none',
    async () => {
      const key = 'portcullis/orders/vault-dev.tfstate';
      expect(await found(key)).toBeUndefined();

      const folder = join(await run.subfolder('before'), 'stack');
      await mkdir(folder, { recursive: true });
      const configuration = {
        ...stateAt('portcullis/vault-dev.tfstate'),
        resource: { terraform_data: { it: { input: 'there' } } },
      };
      await writeFile(join(folder, 'cdk.tf.json'), JSON.stringify(configuration));
      for (const args of [['init'], ['apply', '-auto-approve']]) {
        await engineIn(folder)([...args, '-input=false', '-no-color']);
      }

      expect(await found(key)).toMatch(
        /aws s3 mv s3:\/\/states\/portcullis\/vault-dev\.tfstate s3:\/\/states\/portcullis\/orders\/vault-dev\.tfstate --sse aws:kms --sse-kms-key-id alias\/state$/,
      );
      expect(await found('portcullis/orders/vault-prod.tfstate')).toBeUndefined();
      expect(await found('elsewhere/vault-dev.tfstate')).toBeUndefined();
    },
    TIMEOUT_MS,
  );
});
