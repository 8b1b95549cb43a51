/** What the jobs of the repository may do in an environment's Vault. The mounts are those of `VaultStack`. */
import type { PolicyRule } from '@portcullis/constructs';
import { JOBS_MOUNT, type JobRole } from '@portcullis/constructs/github';
import type { Policy } from '@portcullis/runtime/policy';

export const PLAN_ROLE = 'github-plan';
export const DEPLOY_ROLE = 'github-deploy';
export const SCAN_ROLE = 'github-scan';

/** The branch that deploys, and the workflow that scans. */
const MAIN = 'refs/heads/main';
const SCAN_WORKFLOW = '.github/workflows/security.yml';

export interface JobRolesProps {
  readonly policy: Policy;
  /** Environment of the repository that deploys. */
  readonly environment: string;
  /** `owner/name`. */
  readonly repository: string;
  /** How the service logs in. */
  readonly login: ServiceLogin;
}

type ServiceLogin = 'approle' | 'aws';

/** A pull request's jobs can read what a plan compares with; those of main can deploy and scan. */
export function jobRoles({ policy: { name }, environment, repository, login }: JobRolesProps): JobRole[] {
  return [
    { name: PLAN_ROLE, bound: { event_name: ['pull_request', 'push'] }, rules: planRules(name, login) },
    { name: DEPLOY_ROLE, bound: { environment, ref: MAIN }, rules: deployRules(name, login) },
    {
      name: SCAN_ROLE,
      bound: { ref: MAIN, job_workflow_ref: `${repository}/${SCAN_WORKFLOW}@${MAIN}` },
      rules: [
        {
          path: `secret/data/${name}/scan`,
          capabilities: ['read'],
          reason: 'clients of the scanner, and where alerts go',
        },
      ],
    },
  ];
}

/** What the provider reads to refresh a stack: how things are set up, never a secret or a credential. */
function planRules(api: string, login: ServiceLogin): PolicyRule[] {
  const reads = (reason: string, ...paths: string[]): PolicyRule[] =>
    paths.map((path) => ({ path, capabilities: ['read'], reason }));
  return [
    ...reads('is my token still valid', 'auth/token/lookup-self'),
    ...reads('policies', ...policiesOf(api), 'sys/policies/acl/github-*'),
    ...reads('mounts', 'sys/mounts/secret', 'sys/mounts/database'),
    ...[login, JOBS_MOUNT].flatMap((method) =>
      reads('how others log in', `sys/mounts/auth/${method}`, `sys/mounts/auth/${method}/tune`),
    ),
    ...reads('the login of the service', ...Object.values(loginPaths(api, login))),
    ...reads('the login of jobs', `auth/${JOBS_MOUNT}/config`, `auth/${JOBS_MOUNT}/role/*`),
    ...reads('connections, without their passwords, and roles', 'database/config/*', 'database/roles/*'),
  ];
}

/**
 * What an apply changes. Methods and mounts are made and destroyed by an administrator, and so is what is said
 * here: no job widens what jobs may do. But whoever writes the policies of the service can give it anything:
 * that is what the environment's reviewers are for.
 */
function deployRules(api: string, login: ServiceLogin): PolicyRule[] {
  const readable = planRules(api, login);
  const { role } = loginPaths(api, login);
  const changed = [...policiesOf(api), role, 'database/config/*', 'database/roles/*'];
  return [
    ...readable.filter(({ path }) => !changed.includes(path)),
    ...changed.map((path): PolicyRule => ({
      path,
      capabilities: ['create', 'read', 'update', 'delete'],
      reason: 'what a deploy changes',
    })),
    ...['secret', 'database'].map((mount): PolicyRule => ({
      path: `sys/mounts/${mount}/tune`,
      capabilities: ['update'],
      reason: 'lifetimes of a mount',
    })),
    {
      path: 'database/rotate-root/*',
      capabilities: ['create', 'update'],
      reason: 'bootstrap passwords die with the apply',
    },
    {
      path: `secret/data/${api}/config`,
      capabilities: ['create', 'update'],
      reason: 'written, never read',
    },
    ...(login === 'approle' ? [mintWrapped(role)] : []),
  ];
}

const policiesOf = (api: string): string[] => [`sys/policies/acl/${api}`, `sys/policies/acl/${api}-*`];

/** The role that the service logs in with, and what else a plan of it reads. */
function loginPaths(api: string, login: ServiceLogin): { readonly role: string; readonly beside: string } {
  const role = `auth/${login}/role/${api}`;
  return { role, beside: login === 'aws' ? 'auth/aws/config/client' : `${role}/role-id` };
}

const mintWrapped = (role: string): PolicyRule => ({
  path: `${role}/secret-id`,
  capabilities: ['update'],
  wrappingSeconds: { min: 30, max: 120 },
  reason: 'how a new instance logs in, but only wrapped',
});
