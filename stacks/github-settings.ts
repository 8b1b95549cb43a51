/** How this repository is delivered: what its workflows are made from. */
import { deployRoleArns } from '@portcullis/constructs/aws';
import {
  BASELINE_CHECK,
  codeOwnersFile,
  deployWorkflow,
  planCheck,
  planWorkflow,
  renderWorkflow,
  securityScanningFiles,
  type DeliveryEnvironment,
  type DeliveryWorkflowProps,
  type SecurityScanningProps,
} from '@portcullis/constructs/github';
import { policy } from '../policy';
import { MOUNTS, vaultNamesOf } from '../vault-names';
import { prod } from './environments/prod';
import { staging } from './environments/staging';
import type { GithubStackProps } from './github-stack';
import { awsNamesOf } from './aws-names';
import { ACCOUNTS, REGION, REPOSITORY, REPOSITORY_PATH, vaultOf } from './repository';
import { DEPLOY_ROLE, PLAN_ROLE, SCAN_ROLE } from './job-roles';

export const scanning: SecurityScanningProps = {
  policy,
  stagingUrl: 'https://staging.api.fintech.example.com',
  productionUrl: 'https://api.fintech.example.com',
  tokenUrl: 'https://auth.fintech.example.com/token',
  vault: {
    address: vaultOf('staging'),
    role: SCAN_ROLE,
    secretPath: `${MOUNTS.kv}/data/${vaultNamesOf(policy).entries.scan}`,
  },
  fullScanRules: [
    { id: 10_049, level: 'IGNORE', reason: 'answers of this API are never stored: Cache-Control says so' },
  ],
};

/** An environment with its own account, Vault and stacks. Its tasks log in by their role, so it has no `handOver`. */
const on = (name: keyof typeof ACCOUNTS): DeliveryEnvironment => ({
  name,
  stacks: ['vault', 'data', 'service', 'edge'].map((kind) => `${kind}-${name}`),
  vaultAddress: vaultOf(name),
  aws: {
    region: REGION,
    ...deployRoleArns({
      place: { region: REGION, account: ACCOUNTS[name] },
      repository: REPOSITORY_PATH,
      environment: name,
    }),
  },
});

export const delivery: DeliveryWorkflowProps = {
  vault: { planRole: PLAN_ROLE, deployRole: DEPLOY_ROLE },
  environments: [
    on('dev'),
    { ...on('staging'), scanned: true, release: awsNamesOf(policy, staging()).release },
    on('prod'),
  ],
};

/** The team that reviews changes. It has to have write access. */
const CODE_OWNERS = [`@${REPOSITORY.owner}/platform`];

/** The workflows of plans and deploys, by path. */
export function deliveryWorkflows(): Record<string, string> {
  return {
    '.github/workflows/plan.yml': renderWorkflow(planWorkflow(delivery)),
    '.github/workflows/deploy.yml': renderWorkflow(deployWorkflow(delivery)),
  };
}

/** Every file that Portcullis makes for the repository, by path. */
export function deliveryFiles(): Record<string, string> {
  return { ...securityScanningFiles(scanning), ...deliveryWorkflows(), ...codeOwnersFile(CODE_OWNERS) };
}

/** The number of the team that approves deploys to production: `gh api orgs/ORG/teams/TEAM --jq .id`. */
const REVIEWERS = 7_142_857;

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
