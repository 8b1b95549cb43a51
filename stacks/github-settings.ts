/** How the project's own repository is delivered: what its workflows are made of. */
import {
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
import { prod } from './environments/prod';
import { staging } from './environments/staging';
import type { GithubStackProps } from './github-stack';
import { namesOf } from './names';
import { ACCOUNTS, REPOSITORY, vaultOf } from './repository';
import { DEPLOY_ROLE, PLAN_ROLE, SCAN_ROLE } from './job-roles';

export const scanning: SecurityScanningProps = {
  policy,
  stagingUrl: 'https://staging.api.fintech.example.com',
  productionUrl: 'https://api.fintech.example.com',
  tokenUrl: 'https://auth.fintech.example.com/token',
  vault: {
    address: vaultOf('staging'),
    role: SCAN_ROLE,
    secretPath: `secret/data/${policy.name}/scan`,
  },
  fullScanRules: [
    { id: 10_049, level: 'IGNORE', reason: 'answers of this API are never stored: Cache-Control says so' },
  ],
};

/** An environment of its own account, Vault and stacks. Tasks on AWS log in by their role: none needs `handOver`. */
const on = (name: keyof typeof ACCOUNTS): DeliveryEnvironment => ({
  name,
  stacks: ['vault', 'data', 'service', 'edge'].map((kind) => `${kind}-${name}`),
  vaultAddress: vaultOf(name),
  aws: {
    region: 'eu-central-1',
    planRoleArn: `arn:aws:iam::${ACCOUNTS[name]}:role/portcullis-plan`,
    deployRoleArn: `arn:aws:iam::${ACCOUNTS[name]}:role/portcullis-deploy`,
  },
});

export const delivery: DeliveryWorkflowProps = {
  vault: { planRole: PLAN_ROLE, deployRole: DEPLOY_ROLE },
  environments: [
    on('dev'),
    { ...on('staging'), scanned: true, release: namesOf(policy, staging()).release },
    on('prod'),
  ],
};

/** Plans and deploys, by path. */
export function deliveryWorkflows(): Record<string, string> {
  return {
    '.github/workflows/plan.yml': renderWorkflow(planWorkflow(delivery)),
    '.github/workflows/deploy.yml': renderWorkflow(deployWorkflow(delivery)),
  };
}

/** Every file that Portcullis makes for the repository, by path. */
export function deliveryFiles(): Record<string, string> {
  return { ...securityScanningFiles(scanning), ...deliveryWorkflows() };
}

/** The number of the team that approves deploys to production: `gh api orgs/ORG/teams/TEAM --jq .id`. */
const REVIEWERS = 7_142_857;

/** The repository itself. Its state is kept where production's is. */
export function github(): GithubStackProps {
  const { backend, encryption } = prod();
  return {
    owner: REPOSITORY.owner,
    repository: REPOSITORY.name,
    requiredChecks: [
      'ci',
      'baseline',
      ...delivery.environments.flatMap(({ stacks }) => stacks.map((stack) => planCheck(stack))),
    ],
    environments: delivery.environments.map(({ name }) =>
      name === 'prod' ? { name, reviewerTeams: [REVIEWERS] } : { name },
    ),
    scanning,
    workflows: deliveryWorkflows(),
    backend,
    encryption,
  };
}
