import { DescribeRepositoriesCommand, ECRClient, GetRepositoryPolicyCommand } from '@aws-sdk/client-ecr';
import { GetRolePolicyCommand, IAMClient } from '@aws-sdk/client-iam';
import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { ImageRepository } from '@portcullis/constructs/aws';
import { TerraformStack, Testing } from 'cdktf';
import { Run } from '../../cli/src/engines/process/run';
import { ACCOUNT, AppliedStack, REGION, type Resources } from './applied-stack';

const NAME = 'fintech-api';
const ELSEWHERE = '333333333333';

interface Policy {
  readonly Statement: { Principal?: { AWS: string }; Action: string[]; Resource?: string[] }[];
}

/** Applied by the real provider to an account of moto's: what a registry then takes is AWS' to say. */
describe('the repository of images on AWS', () => {
  let run: Run;
  let stack: AppliedStack;

  beforeAll(async () => {
    run = await Run.open();
    const synthesized = new TerraformStack(Testing.app(), 'images');
    new AwsProvider(synthesized, 'provider', {});
    new ImageRepository(synthesized, 'images', {
      place: { region: REGION, account: ACCOUNT },
      name: NAME,
      repository: 'fintech-example/fintech-api',
      pullAccounts: [ELSEWHERE],
    });
    const { resource } = JSON.parse(Testing.synth(synthesized)) as Resources;
    stack = await AppliedStack.apply(run, { resource });
  }, 900_000);

  afterAll(() => run.close(), 30_000);

  it('moves no tag, is scanned, and lets another account pull', async () => {
    const ecr = new ECRClient(stack.account.client);
    const { repositories } = await ecr.send(new DescribeRepositoriesCommand({ repositoryNames: [NAME] }));
    expect(repositories).toEqual([
      expect.objectContaining({
        imageTagMutability: 'IMMUTABLE',
        imageScanningConfiguration: { scanOnPush: true },
        repositoryUri: `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/${NAME}`,
      }),
    ]);
    const { policyText = '' } = await ecr.send(new GetRepositoryPolicyCommand({ repositoryName: NAME }));
    expect((JSON.parse(policyText) as Policy).Statement).toEqual([
      {
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${ELSEWHERE}:root` },
        Action: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      },
    ]);
  });

  it('is pushed to by a role that reaches no other', async () => {
    const { PolicyDocument = '' } = await new IAMClient(stack.account.client).send(
      new GetRolePolicyCommand({ RoleName: 'fintech-api-push', PolicyName: 'fintech-api-push' }),
    );
    const { Statement } = JSON.parse(decodeURIComponent(PolicyDocument)) as Policy;
    expect(Statement.find(({ Action }) => Action.includes('ecr:PutImage'))?.Resource).toEqual([
      `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/${NAME}`,
    ]);
  });

  it('is told of when tags could be moved, images went sooner and everybody could pull: that, and no more', async () => {
    const said = await stack.said(({ resource }) => {
      const only = (type: string): Record<string, unknown> => Object.values(resource[type] ?? {})[0]!;
      Object.assign(only('aws_ecr_repository'), { image_tag_mutability: 'MUTABLE' });
      const kept = only('aws_ecr_lifecycle_policy');
      kept.policy = String(kept.policy).replace('1000', '10');
      const pulls = only('aws_ecr_repository_policy');
      pulls.policy = String(pulls.policy).replace(`arn:aws:iam::${ELSEWHERE}:root`, '*');
    });
    expect(said.sort()).toEqual([
      'danger AWS policy fintech-api: gains ecr:BatchGetImage for *',
      'danger AWS policy fintech-api: gains ecr:GetDownloadUrlForLayer for *',
      'danger image repository fintech-api: has tags that can be moved',
      'danger images kept in fintech-api: how many for certain, the newest: 1000 → 10',
      `notice AWS policy fintech-api: loses ecr:BatchGetImage for arn:aws:iam::${ELSEWHERE}:root`,
      `notice AWS policy fintech-api: loses ecr:GetDownloadUrlForLayer for arn:aws:iam::${ELSEWHERE}:root`,
      // The provider knows no other way to change it.
      expect.stringMatching(/^notice images kept in fintech-api: will be destroyed and made anew/),
    ]);
  }, 300_000);
});
