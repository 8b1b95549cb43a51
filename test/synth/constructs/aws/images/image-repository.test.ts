import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { ImageRepository, imagePushRoleArn, type ImageRepositoryProps } from '@portcullis/constructs/aws';
import { all, only, refusedProps, stackIn, synthesize } from '../../../../support/synth/synthesize';

const valid: ImageRepositoryProps = {
  place: { region: 'eu-central-1', account: '444444444444' },
  name: 'fintech-api',
  repository: 'fintech-example/fintech-api',
  pullAccounts: ['222222222222', '333333333333'],
};
const KEY = 'arn:aws:kms:eu-central-1:444444444444:key/0a1b2c3d';

const stackOf = (props: Partial<ImageRepositoryProps> = {}) =>
  synthesize((stack) => {
    new AwsProvider(stack, 'provider', {});
    new ImageRepository(stack, 'images', { ...valid, ...props });
  });
const statements = (text: unknown): unknown[] =>
  (JSON.parse(text as string) as { Statement: unknown[] }).Statement;

/** There is no AWS here: what follows is about what is synthesized, not about what an account makes of it. */
describe('the synthesized repository of images', () => {
  it('moves no tag, is scanned, and is kept', () => {
    expect(only(stackOf(), 'aws_ecr_repository')).toEqual({
      name: 'fintech-api',
      image_tag_mutability: 'IMMUTABLE',
      image_scanning_configuration: { scan_on_push: true },
      lifecycle: { prevent_destroy: true },
    });
    expect(only(stackOf({ keyArn: KEY, preventDestroy: false }), 'aws_ecr_repository')).toMatchObject({
      encryption_configuration: [{ encryption_type: 'KMS', kms_key: KEY }],
      lifecycle: { prevent_destroy: false },
    });
  });

  it('lets the accounts that are named pull, and nobody push', () => {
    const mayPull = (account: string) => ({
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${account}:root` },
      Action: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
    });
    expect(statements(only(stackOf(), 'aws_ecr_repository_policy').policy)).toEqual([
      mayPull('222222222222'),
      mayPull('333333333333'),
    ]);
    expect(all(stackOf({ pullAccounts: [] }), 'aws_ecr_repository_policy')).toEqual([]);
  });

  it.each([
    [undefined, 1_000],
    [50, 50],
  ])('given keep %p, keeps the newest %d', (keep, kept) => {
    const { policy } = only(stackOf(keep === undefined ? {} : { keep }), 'aws_ecr_lifecycle_policy');
    expect(JSON.parse(policy as string)).toEqual({
      rules: [
        {
          rulePriority: 1,
          selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: kept },
          action: { type: 'expire' },
        },
      ],
    });
  });

  it('lets the deploying workflow of main push there, by exact claims', () => {
    const role = only(stackOf(), 'aws_iam_role', 'fintech-api-push');
    expect(statements(role.assume_role_policy)).toEqual([
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRoleWithWebIdentity',
        Principal: { Federated: expect.stringContaining('aws_iam_openid_connect_provider') as string },
        Condition: {
          StringEquals: {
            'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
            'token.actions.githubusercontent.com:sub': [
              'repo:fintech-example/fintech-api:ref:refs/heads/main',
            ],
            'token.actions.githubusercontent.com:job_workflow_ref': [
              'fintech-example/fintech-api/.github/workflows/deploy.yml@refs/heads/main',
            ],
          },
        },
      },
    ]);
    expect(statements(only(stackOf(), 'aws_iam_role_policy').policy)).toEqual([
      { Effect: 'Allow', Action: ['ecr:GetAuthorizationToken'], Resource: ['*'] },
      {
        Effect: 'Allow',
        Action: [
          ...['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchCheckLayerAvailability'],
          ...['ecr:InitiateLayerUpload', 'ecr:UploadLayerPart', 'ecr:CompleteLayerUpload', 'ecr:PutImage'],
        ],
        Resource: ['arn:aws:ecr:eu-central-1:444444444444:repository/fintech-api'],
      },
    ]);
  });

  it('tells the ARN of the role to who knows names alone', () => {
    expect(imagePushRoleArn(valid)).toBe('arn:aws:iam::444444444444:role/fintech-api-push');
    const chinese = {
      ...valid,
      place: { region: 'cn-north-1', account: '444444444444' },
      pushRoleName: 'push',
    };
    expect(imagePushRoleArn(chinese)).toBe('arn:aws-cn:iam::444444444444:role/push');
    expect(only(stackOf({ pushRoleName: 'push' }), 'aws_iam_role').name).toBe('push');
  });

  it.each<[string, Partial<Record<keyof ImageRepositoryProps, unknown>>]>([
    ['place.account', { place: { region: 'eu-central-1', account: '4' } }],
    ['place', { place: undefined }],
    ['name', { name: 'Fintech' }],
    ['name', { name: 'fintech api' }],
    ['name', { name: '../other' }],
    ['repository', { repository: '*' }],
    ['pullAccounts[1]', { pullAccounts: ['222222222222', '*'] }],
    ['pullAccounts[1]', { pullAccounts: ['222222222222', '222222222222'] }],
    ['keep', { keep: 0 }],
    ['keep', { keep: Infinity }],
    ['keyArn', { keyArn: 'alias/images' }],
    ['keyArn', { keyArn: KEY.replace('444444444444', '555555555555') }],
    ['pushRoleName', { pushRoleName: 'a role' }],
    ['workflow', { workflow: '../deploy.yml' }],
  ])('refuses a wrong %s', (path, wrong) => {
    const repository = () => new ImageRepository(stackIn(), 'images', { ...valid, ...wrong } as never);
    expect(repository).toThrow(refusedProps(path));
  });

  it('refuses two of one name in an account', () => {
    expect(() =>
      synthesize((stack) => {
        new AwsProvider(stack, 'provider', {});
        const provider = `arn:aws:iam::444444444444:oidc-provider/token.actions.githubusercontent.com`;
        new ImageRepository(stack, 'one', valid);
        new ImageRepository(stack, 'other', { ...valid, pushRoleName: 'other', providerArn: provider });
      }),
    ).toThrow(/the repository of images "fintech-api"/);
  });
});
