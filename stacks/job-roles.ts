/** What the jobs of the repository may do in an environment's Vault. */
import { mintWrapped, type PolicyRule } from '@portcullis/constructs';
import { JOBS_MOUNT, type JobRole } from '@portcullis/constructs/github';
import type { Policy } from '@portcullis/runtime/policy';
import { MOUNTS, vaultNamesOf } from '../vault-names';

export const PLAN_ROLE = 'github-plan';
export const DEPLOY_ROLE = 'github-deploy';
export const SCAN_ROLE = 'github-scan';

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
}

type ServiceLogin = 'approle' | 'aws';

/**
 * Jobs of a pull request can read what a plan compares with. Jobs of main can deploy and scan. Both have the
 * environment, so that their workflow tells them apart: a scan runs a stranger's program, and must not deploy.
 */
export function jobRoles({ policy, environment, repository, login }: JobRolesProps): JobRole[] {
  const { name } = policy;
  const jobOf = (workflow: string): JobRole['bound'] => ({
    environment,
    ref: MAIN,
    job_workflow_ref: `${repository}/.github/workflows/${workflow}@${MAIN}`,
  });
  return [
    { name: PLAN_ROLE, bound: { event_name: ['pull_request', 'push'] }, rules: planRules(name, login) },
    { name: DEPLOY_ROLE, bound: jobOf('deploy.yml'), rules: deployRules(name, login) },
    {
      name: SCAN_ROLE,
      bound: jobOf('security.yml'),
      rules: [
        {
          path: `${MOUNTS.kv}/data/${vaultNamesOf(policy).entries.scan}`,
          capabilities: ['read'],
          reason: 'clients of the scanner, and where alerts go',
        },
      ],
    },
  ];
}

/** Connections and roles of the database engine. */
const DATABASE_PATHS = [`${MOUNTS.database}/config/*`, `${MOUNTS.database}/roles/*`];

/** What the provider reads to refresh a stack: how things are configured, never a secret or a credential. */
function planRules(api: string, login: ServiceLogin): PolicyRule[] {
  const reads = (reason: string, ...paths: string[]): PolicyRule[] =>
    paths.map((path) => ({ path, capabilities: ['read'], reason }));
  return [
    ...reads('is my token still valid', 'auth/token/lookup-self'),
    ...reads('policies', ...policiesOf(api), 'sys/policies/acl/github-*'),
    ...reads('mounts', ...Object.values(MOUNTS).map((mount) => `sys/mounts/${mount}`)),
    ...[login, JOBS_MOUNT].flatMap((method) =>
      reads('how others log in', `sys/mounts/auth/${method}`, `sys/mounts/auth/${method}/tune`),
    ),
    ...reads('the login of the service', ...Object.values(loginPaths(api, login))),
    ...reads('the login of jobs', `auth/${JOBS_MOUNT}/config`, `auth/${JOBS_MOUNT}/role/*`),
    ...reads('connections, without their passwords, and roles', ...DATABASE_PATHS),
  ];
}

/**
 * What an apply changes. An administrator creates and destroys methods and mounts, and applies these rules too: no job
 * can widen what jobs may do. But a job that writes the service's policies could give the service anything. The
 * environment's reviewers are there to see that.
 */
function deployRules(api: string, login: ServiceLogin): PolicyRule[] {
  const readable = planRules(api, login);
  const { role } = loginPaths(api, login);
  const changed = [...policiesOf(api), role, ...DATABASE_PATHS];
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
    {
      path: `${MOUNTS.database}/rotate-root/*`,
      capabilities: ['create', 'update'],
      reason: 'bootstrap passwords die with the apply',
    },
    {
      path: `${MOUNTS.kv}/data/${vaultNamesOf({ name: api }).entries.config}`,
      capabilities: ['create', 'update'],
      reason: 'written, never read',
    },
    ...(login === 'approle' ? [mintWrapped(role)] : []),
  ];
}

const policiesOf = (api: string): string[] => [`sys/policies/acl/${api}`, `sys/policies/acl/${api}-*`];

/** Path of the role that the service logs in with, and what else a plan of it reads. */
function loginPaths(api: string, login: ServiceLogin): { readonly role: string; readonly beside: string } {
  const role = `auth/${login}/role/${api}`;
  return { role, beside: login === 'aws' ? 'auth/aws/config/client' : `${role}/role-id` };
}
