import { EcrLifecyclePolicy } from '@cdktf/provider-aws/lib/ecr-lifecycle-policy';
import { EcrRepository } from '@cdktf/provider-aws/lib/ecr-repository';
import { EcrRepositoryPolicy } from '@cdktf/provider-aws/lib/ecr-repository-policy';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import type { Problem } from '@portcullis/runtime/policy';
import { Construct } from 'constructs';
import { knownAs, refuseProps } from '../../core';
import { accountProblems, partitionOf } from '../../core/aws';
import { each, repeated, unlike, within, wholeNumber } from '../../core/props/checks';
import { guardProblems } from '../../core/props/guard';
import { isLater, known } from '../../core/props/later';
import { refuseCollisions } from '../account/collisions';
import { JobRoles, jobProblems, jobRoleName, type AwsJobs } from '../account/job-roles';
import { permissionDocument } from '../account/permission';
import { placeProblems, type AwsPlace } from '../account/place';
import { KMS_KEY_ARN, ROLE_NAME, elsewhereProblems } from '../arns';
import { PULL, repositoryArnOf } from './image';

/** Properties of {@link ImageRepository}. */
export interface ImageRepositoryProps extends AwsJobs {
  /** Account and region that it is in. */
  readonly place: AwsPlace;
  /** Name of the repository of images, as in `orders`. */
  readonly name: string;
  /** Numbers of the other accounts whose tasks and deploys may pull. @default none */
  readonly pullAccounts?: readonly string[];
  /**
   * How many images are kept, the newest of them. One that has gone can neither be started again nor be rolled back to.
   * @default 1000
   */
  readonly keep?: number;
  /** ARN of the KMS key that encrypts them. @default a key of ECR's own */
  readonly keyArn?: string;
  /** Name of the role that pushes. @default `<repository>-push`, without the owner */
  readonly pushRoleName?: string;
  /** Whether the engine refuses to destroy the repository, and with it what is deployed. @default true */
  readonly preventDestroy?: boolean;
}

/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html */
const PUSH = [
  ...PULL,
  'ecr:BatchCheckLayerAvailability',
  'ecr:InitiateLayerUpload',
  'ecr:UploadLayerPart',
  'ecr:CompleteLayerUpload',
  'ecr:PutImage',
];

const roleNameOf = ({ repository, pushRoleName }: Named): string =>
  pushRoleName ?? jobRoleName(repository, 'push');

type Named = Pick<ImageRepositoryProps, 'repository' | 'pushRoleName'>;

/**
 * ARN of the role that {@link ImageRepository} makes, for whoever knows names alone.
 *
 * @example
 * const pushRoleArn = imagePushRoleArn({
 *   place: { region: 'eu-central-1', account: '444444444444' },
 *   repository: 'example/orders',
 * });
 */
export function imagePushRoleArn({ place, ...named }: Named & { readonly place: AwsPlace }): string {
  return `arn:${partitionOf(place.region)}:iam::${place.account}:role/${roleNameOf(named)}`;
}

/**
 * Where the images of one API are: a repository of ECR whose tags cannot be moved, which is scanned at each push; and the
 * role by which the deploying workflow of main, and no other job, pushes. Accounts that are named may pull.
 *
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html
 *
 * @example
 * new ImageRepository(this, 'images', {
 *   place: { region: 'eu-central-1', account: '444444444444' },
 *   name: 'orders',
 *   repository: 'example/orders',
 *   pullAccounts: ['333333333333'],
 * });
 */
export class ImageRepository extends Construct {
  /** `<account>.dkr.ecr.<region>.amazonaws.com/<name>` */
  readonly url: string;
  readonly arn: string;
  readonly pushRoleArn: string;
  /** ARN of the account's OIDC identity provider, for other roles of jobs there. */
  readonly providerArn: string;

  /** @throws ConstructError `ERR_PROPS` with all problems at once. */
  constructor(scope: Construct, id: string, props: ImageRepositoryProps) {
    super(scope, id);
    refuseProps(this, problemsOf(props));
    const { place, name, pullAccounts = [], keep = KEPT, keyArn, preventDestroy = true } = props;
    const roleName = roleNameOf(props);
    knownAs(this, 'images', name);
    refuseCollisions(this, place);
    const repository = new EcrRepository(this, 'repository', {
      name,
      imageTagMutability: 'IMMUTABLE',
      imageScanningConfiguration: { scanOnPush: true },
      ...(keyArn !== undefined && { encryptionConfiguration: [{ encryptionType: 'KMS', kmsKey: keyArn }] }),
      lifecycle: { preventDestroy },
    });
    this.url = repository.repositoryUrl;
    this.arn = repository.arn;
    new EcrLifecyclePolicy(this, 'kept', { repository: repository.name, policy: keepOnly(keep) });
    if (pullAccounts.length > 0) {
      new EcrRepositoryPolicy(this, 'pulls', {
        repository: repository.name,
        // A repository's own policy is about nothing else: ECR takes no resource in it.
        policy: permissionDocument(
          pullAccounts.map((account) => ({
            principal: { AWS: `arn:${partitionOf(place.region)}:iam::${account}:root` },
            actions: PULL,
            resources: [],
          })),
        ),
      });
    }

    const jobs = new JobRoles(this, props, partitionOf(place.region));
    this.providerArn = jobs.providerArn;
    const role = jobs.role('push', roleName, ['ref:refs/heads/main'], 'workflow');
    this.pushRoleArn = role.arn;
    new IamRolePolicy(this, 'push-policy', {
      name: roleName,
      role: role.name,
      policy: permissionDocument([
        { actions: ['ecr:GetAuthorizationToken'], resources: ['*'] },
        { actions: PUSH, resources: [repositoryArnOf(name, place)] },
      ]),
    });
  }
}

const KEPT = 1_000;

/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html */
function keepOnly(count: number): string {
  const selection = { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: count };
  return JSON.stringify({ rules: [{ rulePriority: 1, selection, action: { type: 'expire' } }] });
}

function problemsOf(props: ImageRepositoryProps): Problem[] {
  const { place, name, pullAccounts = [], keep = KEPT, keyArn, pushRoleName, preventDestroy = true } = props;
  return [
    ...jobProblems(props),
    ...within('place', place, (given) => [
      ...placeProblems('place', given),
      ...(keyArn !== undefined && KMS_KEY_ARN.test(keyArn) ? elsewhereProblems('keyArn', keyArn, given) : []),
    ]),
    ...known('name', name, 'permissions are about it'),
    ...unlike(
      'name',
      name,
      /^(?=.{2,256}$)[a-z0-9]+([._-][a-z0-9]+)*(\/[a-z0-9]+([._-][a-z0-9]+)*)*$/,
      'the name of a repository of ECR, as in orders or team/orders',
    ),
    ...(isLater(pullAccounts) ? known('pullAccounts', pullAccounts, 'each gets a permission') : []),
    ...each('pullAccounts', pullAccounts, (account, path) => accountProblems(path, account)),
    ...repeated('pullAccounts', pullAccounts, (account) => account),
    ...wholeNumber('keep', keep, 1, 100_000),
    ...(keyArn === undefined
      ? []
      : unlike('keyArn', keyArn, KMS_KEY_ARN, 'the ARN of a key of KMS, not of an alias')),
    ...(pushRoleName === undefined
      ? []
      : unlike('pushRoleName', pushRoleName, ROLE_NAME, 'the name of a role')),
    ...guardProblems('preventDestroy', preventDestroy),
  ];
}
