import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EXIT_CODES, worst } from '../../../../cli/src/plan/grade';
import { renderMarkdown } from '../../../../cli/src/plan/render/markdown';
import { renderSarif } from '../../../../cli/src/plan/render/sarif';
import { renderTerminal } from '../../../../cli/src/plan/render/terminal';
import { linesOf, summarizeRun, type StackSummary } from '../../../../cli/src/plan/summary';
import { plannedRun } from '../../../../cli/src/workspace/planned-run';
import { canary, useVaultDeployment, type VaultDeployment } from '../../vault-deployment';
import { GROUPS, type Configuration } from './changes';

const CANARIES = {
  oauth_client_secret: canary(),
  jwt_signing_key: canary(),
  encryption_key: canary(),
};

describe('what a real plan of the deployed stack says', () => {
  const deployment = useVaultDeployment();
  let base: string;

  beforeAll(async () => {
    const { bootstrap } = deployment();
    const deployed = await deployment().deploy({
      TF_VAR_fintech_api_config: JSON.stringify({ ...CANARIES, db_host: '127.0.0.1', db_port: '5432' }),
      TF_VAR_postgres_admin_password: bootstrap.postgres,
      TF_VAR_redis_bootstrap_password: bootstrap.redis,
    });
    expect(deployed).toMatchObject({ code: 0 });
    base = await readFile(join(stackFolder(deployment()), 'cdk.tf.json'), 'utf8');
  });

  it('has nothing to say when nothing changes', async () => {
    const summary = await planOf(() => undefined);
    expect(summary).toMatchObject({ grade: 'routine', judged: [], changes: [] });
  });

  describe.each(Object.entries(GROUPS))('of what %s', (_, rows) => {
    let summary: StackSummary;
    beforeAll(async () => {
      summary = await planOf((configuration) => {
        for (const { change } of rows) change(configuration);
      });
    });

    it.each(rows)('$when: $grade', ({ grade, line }) => {
      const lines = linesOf(summary).map((found) => `${found.grade}  ${found.subject}: ${found.sentence}`);
      expect(lines).toContain(`${grade}  ${line}`);
    });

    it('shows no secret in any form', () => {
      const texts = [renderTerminal([summary]), renderMarkdown([summary]), renderSarif([summary], 'a.ts')];
      const shown = [...texts, JSON.stringify(summary)].join('\n');
      const { bootstrap } = deployment();
      for (const secret of [...Object.values(CANARIES), bootstrap.postgres, bootstrap.redis]) {
        expect(shown).not.toContain(secret);
      }
    });

    it('has the grade of its worst line', () => {
      expect(EXIT_CODES[summary.grade]).toBe(EXIT_CODES[worst(rows.map(({ grade }) => grade))]);
    });
  });

  it('has the same digest whenever it is made, and another one for another change', async () => {
    const raise = (seconds: number) => (configuration: Configuration) => {
      Object.values(configuration.resource.vault_approle_auth_backend_role ?? {})[0]!.token_period = seconds;
    };
    const [one, again, other] = [await planOf(raise(60)), await planOf(raise(60)), await planOf(raise(61))];
    expect(one).toMatchObject({
      refused: [],
      digest: expect.stringMatching(/^vault-local:[0-9a-f]{64}$/) as unknown,
    });
    expect(again.digest).toBe(one.digest);
    expect(other.digest).not.toBe(one.digest);
  });

  it('is the same with and without the values of secrets, which only the deploy has', async () => {
    const raise = ({ resource }: Configuration): void => {
      const gate = Object.entries(resource.terraform_data ?? {}).find(
        ([name]) => name === 'fintech_api_config__given',
      );
      (gate?.[1].input as { version: number }).version = 2;
      Object.values(resource.vault_kv_secret_v2 ?? {})[0]!.data_json_wo_version = 2;
    };
    const value = JSON.stringify({ ...CANARIES, db_host: '127.0.0.1', db_port: '5432' });
    const [reviewed, deployed] = [
      await planOf(raise),
      await planOf(raise, { TF_VAR_fintech_api_config: value }),
    ];
    expect(reviewed.refused).toEqual([]);
    expect(deployed.digest).toBe(reviewed.digest);
  });

  /** Plans the stack as it was deployed, with something changed in what was synthesized. */
  async function planOf(
    change: (configuration: Configuration) => void,
    variables: NodeJS.ProcessEnv = {},
  ): Promise<StackSummary> {
    const configuration = JSON.parse(base) as Configuration;
    change(configuration);
    // The engine refuses a type without resources.
    const filled = Object.entries(configuration.resource).filter(
      ([, named]) => Object.keys(named).length > 0,
    );
    const text = JSON.stringify({ ...configuration, resource: Object.fromEntries(filled) });
    await writeFile(join(stackFolder(deployment()), 'cdk.tf.json'), text);
    const engine = async (args: readonly string[]): Promise<string> => {
      const { code, output } = await deployment().engineRun(args, variables);
      if (code !== 0) throw new Error(output);
      return output;
    };
    await engine(['plan', '-input=false', '-no-color', '-out=reviewed.plan']);
    return summarizeRun('vault-local', await plannedRun(stackFolder(deployment()), engine, {}));
  }
});

function stackFolder({ output }: VaultDeployment): string {
  return join(output, 'stacks', 'vault-local');
}
