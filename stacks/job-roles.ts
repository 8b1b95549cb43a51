/** What the jobs of the repository may do in an environment's Vault. */
import { AUDIT_COUNT_RULE, endLease, mintWrapped, type PolicyRule } from '@portcullis/constructs';
import { JOBS_MOUNT, type JobRole } from '@portcullis/constructs/github';
import type { Policy } from '@portcullis/runtime/policy';
import { CONNECTIONS, MOUNTS, REDIS_ROLES, vaultNamesOf } from '../vault-names';

export const PLAN_ROLE = 'github-plan';
export const DEPLOY_ROLE = 'github-deploy';
export const SCAN_ROLE = 'github-scan';
const JOB_ROLES = [PLAN_ROLE, DEPLOY_ROLE, SCAN_ROLE];

/** The branch that deploys. */
const MAIN = 'refs/heads/main';

export interface JobRolesProps {
  readonly policy: Policy;
  /** Environment of the repository that deploys. */
  readonly environment: string;
  /** `owner/name`. */
  readonly repository: string;
  /** How the service logs in. */
  readonly login: ServiceLogin;
  /** Whether Vault leases users of a self-run Redis. */
  readonly leasesRedis: boolean;
}

/** What decides which rules there are. */
type Deployed = Pick<JobRolesProps, 'policy' | 'login' | 'leasesRedis'>;

type ServiceLogin = 'approle' | 'aws';

/**
 * Jobs of a pull request can read what a plan compares with. Jobs of main can deploy and scan. Both have the
 * environment, so that their workflow tells them apart: a scan runs a stranger's program, and must not deploy.
 */
export function jobRoles({ environment, repository, ...deployed }: JobRolesProps): JobRole[] {
  const jobOf = (workflow: string): JobRole['bound'] => ({
    environment,
    ref: MAIN,
    job_workflow_ref: `${repository}/.github/workflows/${workflow}@${MAIN}`,
  });
  return [
    {
      name: PLAN_ROLE,
      bound: { event_name: ['pull_request', 'push', 'workflow_dispatch'] },
      rules: planRules(deployed),
    },
    { name: DEPLOY_ROLE, bound: jobOf('deploy.yml'), rules: deployRules(deployed) },
    {
      name: SCAN_ROLE,
      bound: jobOf('security.yml'),
      rules: [
        {
          path: `${MOUNTS.kv}/data/${vaultNamesOf(deployed.policy).entries.scan}`,
          capabilities: ['read'],
          reason: 'clients of the scanner, and where alerts go',
        },
      ],
    },
  ];
}

/** What the provider reads to refresh a stack: how things are configured, never a secret or a credential. */
function planRules(deployed: Deployed): PolicyRule[] {
  const { login } = deployed;
  const reads = (reason: string, ...paths: string[]): PolicyRule[] =>
    paths.map((path) => ({ path, capabilities: ['read'], reason }));
  return [
    ...reads('is my token still valid', 'auth/token/lookup-self'),
    AUDIT_COUNT_RULE,
    ...reads('policies', ...policiesOf(deployed), ...JOB_ROLES.map((role) => `sys/policies/acl/${role}`)),
    ...reads('mounts', ...Object.values(MOUNTS).map((mount) => `sys/mounts/${mount}`)),
    ...[login, JOBS_MOUNT].flatMap((method) =>
      reads('how others log in', `sys/mounts/auth/${method}`, `sys/mounts/auth/${method}/tune`),
    ),
    ...reads('the login of the service', ...Object.values(loginPaths(deployed))),
    ...reads(
      'the login of jobs',
      `auth/${JOBS_MOUNT}/config`,
      ...JOB_ROLES.map((role) => `auth/${JOBS_MOUNT}/role/${role}`),
    ),
    ...reads(
      'the key of pseudonyms, without what it is',
      `${MOUNTS.pseudonyms}/keys/${vaultNamesOf(deployed.policy).pseudonymKey}`,
    ),
    ...reads('connections, without their passwords, and roles', ...databasePaths(deployed)),
    ...reads(
      'whether the entry is there, without its fields',
      `${MOUNTS.kv}/metadata/${vaultNamesOf(deployed.policy).entries.config}`,
    ),
  ];
}

/**
 * What an apply changes. An administrator creates and destroys methods and mounts, and applies these rules too: no job
 * can widen what jobs may do, or make a database role of a new name. But a job that writes the service's policies could give
 * the service anything. The environment's reviewers are there to see that.
 */
function deployRules(deployed: Deployed): PolicyRule[] {
  const { policy, login, leasesRedis } = deployed;
  const readable = planRules(deployed);
  const { role } = loginPaths(deployed);
  const changed = [...policiesOf(deployed), role, ...databasePaths(deployed)];
  return [
    ...readable.filter(({ path }) => !changed.includes(path)),
    ...changed.map((path): PolicyRule => ({
      path,
      capabilities: ['create', 'read', 'update', 'delete'],
      reason: 'what a deploy changes',
    })),
    ...Object.values(MOUNTS).map((mount): PolicyRule => ({
      path: `sys/mounts/${mount}/tune`,
      capabilities: ['update'],
      reason: 'lifetimes of a mount',
    })),
    ...connectionsOf(deployed).map((connection): PolicyRule => ({
      path: `${MOUNTS.database}/rotate-root/${connection}`,
      capabilities: ['create', 'update'],
      reason: 'bootstrap passwords die with the apply',
    })),
    {
      path: `${MOUNTS.kv}/data/${vaultNamesOf(policy).entries.config}`,
      capabilities: ['create', 'update'],
      reason: 'written, never read',
    },
    ...(login === 'approle' ? [mintWrapped(role)] : []),
    ...(leasesRedis ? SWEEP_RULES : []),
  ];
}

/** `portcullis secrets sweep-redis`. An ID of a lease is enough to look at the lease, not to end it. */
const SWEEP_RULES: readonly PolicyRule[] = [
  {
    path: `${MOUNTS.database}/creds/${REDIS_ROLES.sweep}`,
    capabilities: ['read'],
    reason: 'a user of Redis that removes users without a lease',
  },
  endLease(`${MOUNTS.database}/creds/${REDIS_ROLES.sweep}`, 'that user ends with the sweep'),
  {
    path: `sys/leases/lookup/${MOUNTS.database}/creds/*`,
    capabilities: ['list', 'sudo'],
    reason: 'which leases live',
  },
  { path: 'sys/leases/lookup', capabilities: ['update'], reason: 'when each of them began' },
];

/** Exact names: another application of this Vault may have a name that begins with this one's. */
function policiesOf({ policy, login }: Deployed): string[] {
  const { serviceRole, supportPolicy, whoisPolicy, orchestratorPolicy } = vaultNamesOf(policy);
  return [serviceRole, supportPolicy, whoisPolicy, ...(login === 'approle' ? [orchestratorPolicy] : [])].map(
    (name) => `sys/policies/acl/${name}`,
  );
}

const connectionsOf = ({ leasesRedis }: Deployed): string[] =>
  leasesRedis ? [CONNECTIONS.postgres, CONNECTIONS.redis] : [CONNECTIONS.postgres];

/** Connections and roles of the database engine. */
function databasePaths(deployed: Deployed): string[] {
  const roles = [
    vaultNamesOf(deployed.policy).databaseRole,
    ...(deployed.leasesRedis ? Object.values(REDIS_ROLES) : []),
  ];
  return [
    ...connectionsOf(deployed).map((connection) => `${MOUNTS.database}/config/${connection}`),
    ...roles.map((role) => `${MOUNTS.database}/roles/${role}`),
  ];
}

/** Path of the role that the service logs in with, and what else a plan of it reads. */
function loginPaths({ policy, login }: Deployed): { readonly role: string; readonly beside: string } {
  const role = `auth/${login}/role/${vaultNamesOf(policy).serviceRole}`;
  return { role, beside: login === 'aws' ? 'auth/aws/config/client' : `${role}/role-id` };
}
