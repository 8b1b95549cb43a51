import { JwtAuthBackendRole } from '@cdktf/provider-vault/lib/jwt-auth-backend-role';
import { Policy } from '@cdktf/provider-vault/lib/policy';
import type { Problem } from '@portcullis/runtime/policy';
import { Construct } from 'constructs';
import { knownAs, literal, refuseProps } from '../../core';
import { each, madeAs, repeated, unless, unlike, within } from '../../core/props/checks';
import { isLater, known } from '../../core/props/later';
import { policyNameProblems } from '../../vault/checks';
import { refuseCollisions } from '../../vault/collisions';
import { knownPolicy } from '../../vault/policy/grantee';
import type { LoginMethod } from '../../vault/login/app-role-mount';
import { policyDocument, type PolicyRule } from '../../vault/policy/policy-document';
import { GITHUB_ISSUER, REPOSITORY, REPOSITORY_ID, issuerProblems } from './jobs';
import { JobsMethod } from './jobs-method';

/** A role for one kind of job, and what it may do in Vault. */
export interface JobRole {
  /** Name of the role, and of its policy. */
  readonly name: string;
  /** Claims that a job's token must have, besides the repository: exact values, no patterns. Of a list, one is enough. */
  readonly bound: Readonly<
    Partial<Record<'environment' | 'ref' | 'event_name' | 'job_workflow_ref', string | readonly string[]>>
  >;
  /** What its jobs may do in Vault. */
  readonly rules: readonly PolicyRule[];
}

/** Properties of {@link DeployIdentity}. */
export interface DeployIdentityProps {
  /** `owner/name` of the repository. */
  readonly repository: string;
  /** Number of the repository, which stays the same when somebody else takes the name over. */
  readonly repositoryId: string;
  /** The audience that jobs ask their token for, as a rule Vault's address. */
  readonly audience: string;
  /** A role for each kind of job. */
  readonly roles: readonly JobRole[];
  /** The JWT method that they are roles of. @default one of its own, mounted at 'github' */
  readonly method?: LoginMethod;
  /** Issuer of the tokens, for a method of its own. GitHub Enterprise Server has one of its own. @default github.com's */
  readonly issuer?: string | undefined;
}

/** Life of a job's Vault token, in seconds: as long as a job may take. */
const TOKEN_SECONDS = 1_800;

/**
 * Lets the jobs of one repository sign in to Vault with the OIDC token that GitHub gives each of them: bound to the
 * repository, and to environment, ref or event. No secret of theirs is kept anywhere. It provisions a role with its policy
 * for each kind of job, and the JWT auth method unless it is given one.
 *
 * https://developer.hashicorp.com/vault/docs/auth/jwt
 * https://docs.github.com/en/actions/reference/security/oidc
 *
 * @example
 * new DeployIdentity(this, 'jobs', {
 *   repository: 'example/orders',
 *   repositoryId: '714285714',
 *   audience: 'https://vault.example.com',
 *   roles: [
 *     {
 *       name: 'github-deploy',
 *       bound: {
 *         environment: 'prod',
 *         ref: 'refs/heads/main',
 *         job_workflow_ref: 'example/orders/.github/workflows/deploy.yml@refs/heads/main',
 *       },
 *       rules: [{ path: 'database/config/*', capabilities: ['update'], reason: 'what a deploy changes' }],
 *     },
 *   ],
 * });
 */
export class DeployIdentity extends Construct {
  /** @throws ConstructError `ERR_PROPS` with all problems at once. */
  constructor(scope: Construct, id: string, props: DeployIdentityProps) {
    super(scope, id);
    refuseCollisions(this);
    refuseProps(this, problemsOf(props));
    const { repository, repositoryId, audience, roles, issuer } = props;
    const method = props.method ?? new JobsMethod(this, 'method', { issuer });
    for (const { name, bound, rules } of roles) {
      const policy = new Policy(this, `${name}-policy`, { name, policy: policyDocument(rules) });
      knownPolicy(policy, name);
      const role = new JwtAuthBackendRole(this, `${name}-role`, {
        backend: method.path,
        roleName: name,
        roleType: 'jwt',
        userClaim: 'job_workflow_ref',
        boundAudiences: [literal(audience)],
        boundClaimsType: 'string',
        boundClaims: {
          repository,
          repository_id: repositoryId,
          // The provider wants a list as a text with commas.
          ...Object.fromEntries(
            Object.entries(bound).map(([claim, values]) => [claim, literal([values].flat().join())]),
          ),
        },
        tokenPolicies: [policy.name],
        tokenNoDefaultPolicy: true,
        tokenTtl: TOKEN_SECONDS,
        tokenMaxTtl: TOKEN_SECONDS,
        tokenType: 'service',
      });
      knownAs(role, method.pathName, name.toLowerCase());
    }
  }
}

function problemsOf(props: DeployIdentityProps): Problem[] {
  const { repository, repositoryId, audience, roles, method, issuer = GITHUB_ISSUER } = props;
  return [
    ...(method === undefined ? [] : madeAs('method', method, 'pathName', 'a JobsMethod')),
    ...unless(
      method === undefined || props.issuer === undefined,
      'issuer',
      issuer,
      'nothing: the method that is given has its issuer',
    ),
    ...issuerProblems('issuer', issuer),
    ...unlike('repository', repository, REPOSITORY, 'owner/name'),
    ...unlike(
      'repositoryId',
      repositoryId,
      REPOSITORY_ID,
      "the repository's number, as `gh api repos/OWNER/NAME --jq .id` prints it",
    ),
    ...unlike(
      'audience',
      audience,
      /\S/,
      "Vault's address: without an audience, tokens made for others sign in",
    ),
    ...(isLater(roles) ? known('roles', roles, 'each of them is made by itself') : []),
    ...each('roles', roles, (role, path) => within(path, role, (given) => roleProblems(path, given))),
    ...repeated('roles', roles, ({ name }) => name),
  ];
}

function roleProblems(path: string, { name, bound, rules }: JobRole): readonly Problem[] {
  return [
    ...known(`${path}.rules`, rules, 'policies are written as text'),
    ...policyNameProblems(`${path}.name`, name),
    ...within(`${path}.bound`, bound, (claims) => [
      ...unless(
        Object.keys(claims).length > 0,
        `${path}.bound`,
        claims,
        "an environment, a ref or an event: otherwise any job of the repository, a pull request's too, would have the role",
      ),
      ...Object.entries(claims).flatMap(([claim, values]) =>
        isLater([values].flat())
          ? known(`${path}.bound.${claim}`, values, 'the values are written as one text')
          : [values]
              .flat()
              .flatMap((value) =>
                unlike(`${path}.bound.${claim}`, value, /^[^*,]+$/, 'an exact value, without "*" and ","'),
              ),
      ),
    ]),
  ];
}
