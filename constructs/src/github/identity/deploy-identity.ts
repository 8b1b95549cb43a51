import { JwtAuthBackend } from '@cdktf/provider-vault/lib/jwt-auth-backend';
import { JwtAuthBackendRole } from '@cdktf/provider-vault/lib/jwt-auth-backend-role';
import { Policy } from '@cdktf/provider-vault/lib/policy';
import { isHttpsOrLoopback } from '@portcullis/runtime/policy';
import { Construct } from 'constructs';
import { refuseProps } from '../../core';
import { policyDocument, type PolicyRule } from '../../vault/policy/policy-document';

/** One kind of job, and what it may do in Vault. */
export interface JobRole {
  /** Name of the role, and of its policy. */
  readonly name: string;
  /** What a job's identity has to say, besides the repository; exact values, no patterns; of a list, one. */
  readonly bound: Readonly<
    Partial<Record<'environment' | 'ref' | 'event_name' | 'job_workflow_ref', string | readonly string[]>>
  >;
  readonly rules: readonly PolicyRule[];
}

export interface DeployIdentityProps {
  /** `owner/name` of the repository. */
  readonly repository: string;
  /** Its number, which stays when the name is taken over by somebody else. */
  readonly repositoryId: string;
  /** The audience that jobs ask their token for: Vault's address. */
  readonly audience: string;
  readonly roles: readonly JobRole[];
  /** Who signs the jobs' identities: GitHub Enterprise Server has an issuer of its own. @default GitHub's */
  readonly issuer?: string | undefined;
}

/** Where jobs sign in to Vault. */
export const JOBS_MOUNT = 'github';

/** GitHub's issuer of job identities. */
export const GITHUB_ISSUER = 'https://token.actions.githubusercontent.com';

/** A job's token lives as long as the job may take. */
const TOKEN_SECONDS = 1_800;

/**
 * Lets the jobs of one repository sign in to Vault with the identity that GitHub gives them: bound to repository,
 * and to environment, ref or event. No secret of theirs is kept anywhere.
 * https://docs.github.com/en/actions/reference/security/oidc
 */
export class DeployIdentity extends Construct {
  /** @throws ConstructError `ERR_PROPS` with everything that is wrong at once. */
  constructor(scope: Construct, id: string, props: DeployIdentityProps) {
    super(scope, id);
    refuseProps(this, problemsOf(props));
    const { repository, repositoryId, audience, roles, issuer = GITHUB_ISSUER } = props;
    const method = new JwtAuthBackend(this, 'method', {
      path: JOBS_MOUNT,
      type: 'jwt',
      oidcDiscoveryUrl: issuer,
      boundIssuer: issuer,
    });
    for (const { name, bound, rules } of roles) {
      const policy = new Policy(this, `${name}-policy`, { name, policy: policyDocument(rules) });
      new JwtAuthBackendRole(this, `${name}-role`, {
        backend: method.path,
        roleName: name,
        roleType: 'jwt',
        userClaim: 'job_workflow_ref',
        boundAudiences: [audience],
        boundClaimsType: 'string',
        boundClaims: {
          repository,
          repository_id: repositoryId,
          // The provider takes a list as a text with commas.
          ...Object.fromEntries(
            Object.entries(bound).map(([claim, values]) => [claim, [values].flat().join()]),
          ),
        },
        tokenPolicies: [policy.name],
        tokenNoDefaultPolicy: true,
        tokenTtl: TOKEN_SECONDS,
        tokenMaxTtl: TOKEN_SECONDS,
        tokenType: 'service',
      });
    }
  }
}

function problemsOf({ repository, repositoryId, audience, roles, issuer }: DeployIdentityProps) {
  return [
    ...(issuer === undefined || isHttpsOrLoopback(issuer)
      ? []
      : [
          {
            path: 'issuer',
            message: `received ${JSON.stringify(issuer)}; expected an https: URL, loopback apart`,
          },
        ]),
    ...(/^[\w.-]+\/[\w.-]+$/.test(repository)
      ? []
      : [{ path: 'repository', message: `received ${JSON.stringify(repository)}; expected owner/name` }]),
    ...(/^[1-9]\d*$/.test(repositoryId)
      ? []
      : [
          {
            path: 'repositoryId',
            message: `received ${JSON.stringify(repositoryId)}; expected the repository's number, as \`gh api repos/OWNER/NAME --jq .id\` prints it`,
          },
        ]),
    ...(audience === ''
      ? [
          {
            path: 'audience',
            message: "expected Vault's address: without an audience, tokens made for others sign in",
          },
        ]
      : []),
    ...roles.flatMap(({ name, bound }, index) => [
      ...(Object.keys(bound).length > 0
        ? []
        : [
            {
              path: `roles[${index}].bound`,
              message: `${name} is bound to no environment, ref or event: any job of the repository, a pull request's too, would have it`,
            },
          ]),
      ...Object.entries(bound).flatMap(([claim, values]) =>
        [values]
          .flat()
          .filter((value) => !/^[^*,]+$/.test(value))
          .map((value) => ({
            path: `roles[${index}].bound.${claim}`,
            message: `received ${JSON.stringify(value)}; expected an exact value, without "*" and ","`,
          })),
      ),
    ]),
  ];
}
