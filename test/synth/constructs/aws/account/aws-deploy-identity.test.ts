import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { AwsDeployIdentity, deployRoleArns, type AwsDeployIdentityProps } from '@portcullis/constructs/aws';
import { Token, ref } from 'cdktf';
import { all, only, refusal, refusedProps, stackIn, synthesize } from '../../../../support/synth/synthesize';

const valid: AwsDeployIdentityProps = {
  repository: 'fintech-example/fintech-api',
  environment: 'prod',
  stateBucketArn: 'arn:aws:s3:::fintech-example-prod-state',
  stateKeyArn: 'arn:aws:kms:eu-central-1:333333333333:key/0a1b2c3d',
};

interface Statement {
  readonly Action: string | string[];
  readonly Condition?: Record<string, Record<string, unknown>>;
}
const statements = (text: unknown): Statement[] =>
  (JSON.parse(text as string) as { Statement: Statement[] }).Statement;
const stackOf = (props = valid) =>
  synthesize((stack) => {
    new AwsProvider(stack, 'provider', {});
    new AwsDeployIdentity(stack, 'aws', props);
  });

/** There is no AWS here: what follows is about what is synthesized, not about what an account makes of it. */
describe('the synthesized roles of AWS', () => {
  it.each([
    [
      'fintech-api-prod-plan',
      {
        'token.actions.githubusercontent.com:sub': [
          'repo:fintech-example/fintech-api:pull_request',
          'repo:fintech-example/fintech-api:ref:refs/heads/main',
        ],
      },
    ],
    [
      'fintech-api-prod-deploy',
      {
        'token.actions.githubusercontent.com:sub': ['repo:fintech-example/fintech-api:environment:prod'],
        // A scan has the environment too, and runs a stranger's program.
        'token.actions.githubusercontent.com:job_workflow_ref': [
          'fintech-example/fintech-api/.github/workflows/deploy.yml@refs/heads/main',
        ],
      },
    ],
  ])('let jobs take %s by exact claims', (name, claims) => {
    const { assume_role_policy } = only(stackOf(), 'aws_iam_role', name);
    const [trust, ...others] = statements(assume_role_policy);
    expect(others).toEqual([]);
    expect(trust?.Condition).toEqual({
      StringEquals: {
        'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
        ...claims,
      },
    });
  });

  it('are bound to the numbers of the repository and its owner, and then to no name alone', () => {
    const found = stackOf({ ...valid, subjectIds: { owner: '123456', repository: '714285714' } });
    const subjectsOf = (name: string): unknown =>
      statements(only(found, 'aws_iam_role', name).assume_role_policy)[0]?.Condition?.StringEquals?.[
        'token.actions.githubusercontent.com:sub'
      ];
    const subject = 'repo:fintech-example@123456/fintech-api@714285714';
    expect(subjectsOf('fintech-api-prod-plan')).toEqual([
      `${subject}:pull_request`,
      `${subject}:ref:refs/heads/main`,
    ]);
    expect(subjectsOf('fintech-api-prod-deploy')).toEqual([`${subject}:environment:prod`]);
    // The workflow is named by the repository's name alone, whatever the subject.
    expect(found.text).toContain('fintech-example/fintech-api/.github/workflows/deploy.yml@refs/heads/main');
    expect(found.text).not.toMatch(/repo:fintech-example\/|StringLike/);
  });

  it.each([
    ['*', '1'],
    ['1', '?'],
    ['0', '1'],
    ['1/x@2', '1'],
    ['1', '1:ref:refs/heads/main'],
    ['', '1'],
    [123_456, '1'],
    ['1', undefined],
  ])('refuse %j and %j as numbers', (owner, repository) => {
    const identity = () =>
      new AwsDeployIdentity(stackIn(), 'aws', { ...valid, subjectIds: { owner, repository } as never });
    const path = owner === '1' ? 'repository' : 'owner';
    expect(identity).toThrow(refusedProps(`subjectIds.${path}`));
  });

  it('have the engine check numbers that are known only at the apply', () => {
    const subjectIds = { owner: Token.asString(ref('var.owner')), repository: Token.asString(ref('var.id')) };
    for (const role of all(stackOf({ ...valid, subjectIds }), 'aws_iam_role')) {
      expect(role.lifecycle).toEqual({
        precondition: [
          {
            condition: '${can(regex("^[1-9][0-9]*$", var.owner))}',
            error_message: 'subjectIds.owner: expected a number, as text',
          },
          {
            condition: '${can(regex("^[1-9][0-9]*$", var.id))}',
            error_message: 'subjectIds.repository: expected a number, as text',
          },
        ],
      });
    }
  });

  it('take tokens for the STS of China there, which takes no other', () => {
    const found = stackOf({
      ...valid,
      stateBucketArn: 'arn:aws-cn:s3:::fintech-example-prod-state',
      stateKeyArn: 'arn:aws-cn:kms:cn-north-1:333333333333:key/0a1b2c3d',
    });
    expect(only(found, 'aws_iam_openid_connect_provider').client_id_list).toEqual(['sts.amazonaws.com.cn']);
    for (const { assume_role_policy } of all(found, 'aws_iam_role')) {
      expect(JSON.stringify(statements(assume_role_policy)[0]?.Condition)).toContain(
        '"sts.amazonaws.com.cn"',
      );
    }
  });

  it('are two of each environment in an account, whose identity provider is made once', () => {
    const found = synthesize((stack) => {
      new AwsProvider(stack, 'provider', {});
      const first = new AwsDeployIdentity(stack, 'prod', valid);
      const { providerArn } = first;
      new AwsDeployIdentity(stack, 'staging', { ...valid, environment: 'staging', providerArn });
    });
    expect(all(found, 'aws_iam_openid_connect_provider')).toHaveLength(1);
    const roles = all(found, 'aws_iam_role');
    expect(roles.map(({ name }) => name).sort()).toEqual(
      ['prod', 'staging'].flatMap((environment) => [
        `fintech-api-${environment}-deploy`,
        `fintech-api-${environment}-plan`,
      ]),
    );
    expect(
      new Set(
        roles.map(({ assume_role_policy: trust }) => /"Federated":"([^"]*)"/.exec(trust as string)?.[1]),
      ).size,
    ).toBe(1);
  });

  it('have the names that they are given, as those of before', () => {
    const roleNames = { plan: 'portcullis-plan', deploy: 'portcullis-deploy' };
    expect(
      all(stackOf({ ...valid, roleNames }), 'aws_iam_role')
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['portcullis-deploy', 'portcullis-plan']);
    const place = { region: 'eu-central-1', account: '333333333333' };
    expect(deployRoleArns({ place, ...valid, roleNames })).toEqual({
      planRoleArn: 'arn:aws:iam::333333333333:role/portcullis-plan',
      deployRoleArn: 'arn:aws:iam::333333333333:role/portcullis-deploy',
    });
    expect(deployRoleArns({ place, ...valid }).planRoleArn).toMatch(/:role\/fintech-api-prod-plan$/);
  });

  it('let a plan write nothing but its lock', () => {
    const { policy } = only(stackOf(), 'aws_iam_role_policy', 'fintech-api-prod-plan');
    const writing = statements(policy).filter(({ Action }) => JSON.stringify(Action).includes('Put'));
    expect(writing).toMatchObject([
      { Resource: 'arn:aws:s3:::fintech-example-prod-state/portcullis/fintech-api/*.tflock' },
    ]);
  });

  it('allow no action by a wildcard', () => {
    for (const { policy } of all(stackOf(), 'aws_iam_role_policy')) {
      for (const { Action } of statements(policy)) expect(JSON.stringify(Action)).not.toContain('*');
    }
  });

  it('may what the policies of either say, besides', () => {
    const view = 'arn:aws:iam::aws:policy/job-function/ViewOnlyAccess';
    const change = 'arn:aws:iam::333333333333:policy/portcullis-deploy';
    const synthesized = stackOf({ ...valid, planPolicyArns: [view], deployPolicyArns: [change] });
    const attached = all(synthesized, 'aws_iam_role_policy_attachment');
    expect(new Set(attached.map(({ role, policy_arn }) => `${String(role)} ${String(policy_arn)}`))).toEqual(
      new Set([
        expect.stringMatching(`portcullis-plan.* ${view}$`),
        expect.stringMatching(`portcullis-deploy.* ${change}$`),
      ]),
    );
  });

  it.each([
    ['arn:aws:iam::aws:policy/AdministratorAccess', 'one that only reads'],
    ['arn:aws:iam::aws:policy/AmazonEC2FullAccess', 'one that only reads'],
    ['ReadOnlyAccess', 'the ARN of a policy'],
  ])('refuse %s for plans', (arn, message) => {
    const identity = () => new AwsDeployIdentity(stackIn(), 'aws', { ...valid, planPolicyArns: [arn] });
    expect(identity).toThrow(refusal('ERR_PROPS', { message: expect.stringContaining(message) as string }));
  });

  it('refuse a policy twice, and two of one name: each is known by its name', () => {
    const own = 'arn:aws:iam::333333333333:policy/ViewOnlyAccess';
    const identity =
      (planPolicyArns: string[], deployPolicyArns: string[] = []) =>
      () =>
        new AwsDeployIdentity(stackIn(), 'aws', { ...valid, planPolicyArns, deployPolicyArns });
    expect(identity([own, own])).toThrow(refusedProps('planPolicyArns[1]'));
    expect(identity([], [own, own.replace('333333333333', 'aws')])).toThrow(
      refusedProps('deployPolicyArns[1]'),
    );
  });

  it('name the claims after the issuer of a GitHub Enterprise Server', () => {
    const { text } = stackOf({ ...valid, issuer: 'https://github.example.com/_services/token' });
    expect(text).toContain('github.example.com/_services/token:sub');
    expect(text).not.toContain('githubusercontent');
    // AWS looks into github.com's tokens alone for it: a condition on it would let nobody in.
    expect(text).not.toContain('job_workflow_ref');
  });

  it('are refused with everything that is wrong at once', () => {
    const spoiled = {
      repository: 'fintech-example/*',
      workflow: 'deploy.yml',
      issuer: 'http://github.example.com',
      environment: '*',
      stateBucketArn: 'fintech-example-prod-state',
      stateKeyArn: 'alias/portcullis-prod-state',
    };
    const message = expect.stringMatching(new RegExp(Object.keys(spoiled).join('[^]*'))) as string;
    expect(() => new AwsDeployIdentity(stackIn(), 'aws', spoiled)).toThrow(refusal('ERR_PROPS', { message }));
  });
});
