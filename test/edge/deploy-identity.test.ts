import {
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListOpenIDConnectProvidersCommand,
} from '@aws-sdk/client-iam';
import { IamPolicy } from '@cdktf/provider-aws/lib/iam-policy';
import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { AwsDeployIdentity } from '@portcullis/constructs/aws';
import { TerraformStack, Testing } from 'cdktf';
import { Run } from '../../cli/src/engines/process/run';
import { ACCOUNT, AppliedStack, REGION, type Resources } from './applied-stack';

/** What the account's owner lets plans see. */
const VIEW = `arn:aws:iam::${ACCOUNT}:policy/view`;

/** Applied by the real provider to an account of moto's: what GitHub's own tokens then get is AWS' to say. */
describe('the roles that jobs take on AWS', () => {
  let run: Run;
  let stack: AppliedStack;
  let iam: IAMClient;

  beforeAll(async () => {
    run = await Run.open();
    const synthesized = new TerraformStack(Testing.app(), 'jobs');
    new AwsProvider(synthesized, 'provider', {});
    const view = new IamPolicy(synthesized, 'view', {
      name: 'view',
      policy: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 'ecs:Describe*', Resource: '*' }],
      }),
    });
    const identity = new AwsDeployIdentity(synthesized, 'aws', {
      repository: 'fintech-example/fintech-api',
      environment: 'staging',
      stateBucketArn: 'arn:aws:s3:::fintech-example-staging-state',
      stateKeyArn: `arn:aws:kms:${REGION}:${ACCOUNT}:key/0a1b2c3d`,
      planPolicyArns: [VIEW],
    });
    identity.node.addDependency(view);
    // Another environment in the account: it takes the provider that is there.
    new AwsDeployIdentity(synthesized, 'other', {
      repository: 'fintech-example/fintech-api',
      environment: 'dev',
      stateBucketArn: 'arn:aws:s3:::fintech-example-dev-state',
      stateKeyArn: `arn:aws:kms:${REGION}:${ACCOUNT}:key/0a1b2c3d`,
      providerArn: identity.providerArn,
    });
    const { resource } = JSON.parse(Testing.synth(synthesized)) as Resources;
    stack = await AppliedStack.apply(run, { resource });
    iam = new IAMClient(stack.account.client);
  }, 900_000);

  afterAll(() => run.close(), 30_000);

  it('are taken by the identity that GitHub gives a job, of the right repository and kind', async () => {
    const { OpenIDConnectProviderList: issuers } = await iam.send(new ListOpenIDConnectProvidersCommand({}));
    const issuer = `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com`;
    expect(issuers?.map(({ Arn }) => Arn)).toEqual([issuer]);
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: 'fintech-api-staging-deploy' }));
    const trust = decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '');
    expect((JSON.parse(trust) as { Statement: unknown[] }).Statement).toEqual([
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRoleWithWebIdentity',
        Principal: { Federated: issuer },
        Condition: {
          StringEquals: {
            'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
            'token.actions.githubusercontent.com:sub': [
              'repo:fintech-example/fintech-api:environment:staging',
            ],
            'token.actions.githubusercontent.com:job_workflow_ref': [
              'fintech-example/fintech-api/.github/workflows/deploy.yml@refs/heads/main',
            ],
          },
        },
      },
    ]);
    expect(Role?.MaxSessionDuration).toBe(3_600);
  });

  it('write the state for a deploy, and nothing but a lock for a plan', async () => {
    const writes = async (name: string): Promise<unknown[]> => {
      const { PolicyDocument = '' } = await iam.send(
        new GetRolePolicyCommand({ RoleName: name, PolicyName: name }),
      );
      const { Statement } = JSON.parse(decodeURIComponent(PolicyDocument)) as {
        Statement: { Action: string[]; Resource: string }[];
      };
      return Statement.filter(({ Action }) => Action.includes('s3:PutObject')).map(
        ({ Resource }) => Resource,
      );
    };
    const states = 'arn:aws:s3:::fintech-example-staging-state/portcullis/fintech-api/*';
    expect(await writes('fintech-api-staging-plan')).toEqual([`${states}.tflock`]);
    expect(await writes('fintech-api-staging-deploy')).toEqual([states, `${states}.tflock`]);
  });

  it('have the policies that they were given, and no other', async () => {
    const attached = async (RoleName: string) =>
      (await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }))).AttachedPolicies?.map(
        ({ PolicyArn }) => PolicyArn,
      );
    expect(await attached('fintech-api-staging-plan')).toEqual([VIEW]);
    expect(await attached('fintech-api-staging-deploy')).toEqual([]);
  });

  it('are told of when another repository would get them: that, and nothing that is left to do', async () => {
    const said = await stack.said(({ resource }) => {
      const role = Object.values(resource.aws_iam_role ?? {}).find(
        ({ name }) => name === 'fintech-api-staging-deploy',
      );
      Object.assign(role!, {
        assume_role_policy: String(role!.assume_role_policy).replaceAll(
          'fintech-example/fintech-api',
          'mallory/api',
        ),
      });
    });
    expect(said).toEqual([
      expect.stringMatching(
        /^danger AWS role fintech-api-staging-deploy: who may take it: gains sts:AssumeRoleWithWebIdentity .*mallory/,
      ),
      expect.stringMatching(
        /^notice AWS role fintech-api-staging-deploy: who may take it: loses sts:AssumeRoleWithWebIdentity/,
      ),
    ]);
  }, 300_000);
});
