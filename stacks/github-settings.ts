/** How this repository is delivered: what its workflows are made from. */
import { deployRoleArns, imagePushRoleArn } from '@portcullis/constructs/aws';
import {
  BASELINE_CHECK,
  deliveryWorkflowFiles,
  planCheck,
  repositoryFiles,
  type DeliveredService,
  type DeliveryEnvironment,
  type DeliveryWorkflowProps,
  type RepositorySettings,
  type RepositoryTools,
  type SecurityScanningProps,
} from '@portcullis/constructs/github';
import { policy } from '../policy';
import { MOUNTS, vaultNamesOf } from '../vault-names';
import { goodImages, parameter } from './contract';
import type { AwsEnvironment } from './environments/define-environment';
import { dev } from './environments/dev';
import { prod } from './environments/prod';
import { staging } from './environments/staging';
import type { GithubStackProps } from './github-stack';
import type { ImagesStackProps } from './images-stack';
import { ACCOUNTS, IMAGES, REGISTRY, REPOSITORY, REPOSITORY_PATH, vaultOf } from './repository';
import { DEPLOY_ROLE, PLAN_ROLE, SCAN_ROLE } from './job-roles';
import { VERIFY_SECRETS } from './verified';

/** The command is made here: its jobs run its sources. */
const tools: RepositoryTools = {
  command: 'npm run --silent portcullis --',
  settings: 'stacks/github-settings.ts',
};

export const scanning: SecurityScanningProps = {
  policy,
  tools,
  stagingUrl: 'https://staging.api.fintech.example.com',
  productionUrl: 'https://api.fintech.example.com',
  tokenUrl: 'https://auth.fintech.example.com/token',
  vault: {
    address: vaultOf('staging'),
    role: SCAN_ROLE,
    secretPath: `${MOUNTS.kv}/data/${vaultNamesOf(policy).entries.scan}`,
  },
  verify: VERIFY_SECRETS,
  fullScanRules: [
    { id: 10_049, level: 'IGNORE', reason: 'answers of this API are never stored: Cache-Control says so' },
  ],
};

/** What its stacks tell of the image, and where each deploy notes that it is served. */
function serviceOf(environment: AwsEnvironment): DeliveredService {
  const whose = { policy, environment };
  return {
    url: `https://${environment.aws.domain}`,
    deployed: parameter(whose, 'service', 'imageDigest'),
    good: goodImages(whose),
  };
}

/** An environment with its own account, Vault and stacks. Its tasks log in by their role, so it has no `handOver`. */
export function delivered(environment: AwsEnvironment): DeliveryEnvironment {
  const { name, aws, redis } = environment;
  return {
    name,
    service: serviceOf(environment),
    stacks: ['vault', 'data', 'service', 'edge'].map((kind) => `${kind}-${name}`),
    vaultAddress: vaultOf(name),
    // Users of ElastiCache are AWS', and none is left behind.
    ...(redis && { redis: { host: redis.host, port: redis.port } }),
    aws: {
      region: aws.region,
      ...deployRoleArns({ place: aws, repository: REPOSITORY_PATH, environment: name }),
    },
  };
}

/** The team that reviews changes. It has to have write access. */
const CODE_OWNERS = [`@${REPOSITORY.owner}/platform`];

export const delivery: DeliveryWorkflowProps = {
  image: {
    registry: REGISTRY,
    repository: IMAGES,
    pushRoleArn: imagePushRoleArn({ place: REGISTRY, repository: REPOSITORY_PATH }),
    alert: CODE_OWNERS,
  },
  tools,
  vault: { planRole: PLAN_ROLE, deployRole: DEPLOY_ROLE },
  environments: [
    delivered(dev()),
    { ...delivered(staging()), scanned: true },
    { ...delivered(prod()), verified: true },
  ],
};

/** What `portcullis workflows` makes files of. */
export const repository: RepositorySettings = { delivery, scanning, codeOwners: CODE_OWNERS };

/** Every file that Portcullis makes for the repository, by path. */
export const deliveryFiles = (): Record<string, string> => repositoryFiles(repository);

/** The workflows of plans and deploys among them. */
export const deliveryWorkflows = (): Record<string, string> => deliveryWorkflowFiles(delivery);

/** The number of the team that approves deploys to production: `gh api orgs/ORG/teams/TEAM --jq .id`. */
const REVIEWERS = 7_142_857;

/** Where images are. Its state is kept beside production's. */
export function images(): ImagesStackProps {
  const { backend, encryption } = prod();
  return {
    place: REGISTRY,
    name: IMAGES,
    repository: REPOSITORY_PATH,
    pullAccounts: Object.values(ACCOUNTS),
    backend,
    encryption,
  };
}

/** The repository itself. Its state is kept beside production's. */
export function github(): GithubStackProps {
  const { backend, encryption } = prod();
  return {
    owner: REPOSITORY.owner,
    repository: REPOSITORY.name,
    requiredChecks: [
      'ci',
      BASELINE_CHECK,
      ...delivery.environments.flatMap(({ stacks }) => stacks.map((stack) => planCheck(stack))),
    ],
    environments: delivery.environments.map(({ name }) =>
      name === 'prod' ? { name, reviewerTeams: [REVIEWERS] } : { name },
    ),
    codeOwners: CODE_OWNERS,
    scanning,
    workflows: deliveryWorkflows(),
    backend,
    encryption,
  };
}
