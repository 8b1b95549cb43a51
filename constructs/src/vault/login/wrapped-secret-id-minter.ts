import { Policy } from '@cdktf/provider-vault/lib/policy';
import { Construct } from 'constructs';
import { refuseCollisions } from '../collisions';
import { refuseProps } from '../../core';
import { madeAs } from '../../core/props/checks';
import { policyNameProblems } from '../checks';
import { knownPolicy } from '../policy/grantee';
import { policyDocument, type PolicyRule } from '../policy/policy-document';
import type { AppRoleLogin } from './app-role-login';

/** Properties of {@link WrappedSecretIdMinter}. */
export interface WrappedSecretIdMinterProps {
  /** The login that secret IDs are minted for. */
  readonly login: AppRoleLogin;
  /** Name of the policy. @default `<name of the login>-orchestrator` */
  readonly name?: string;
}

/**
 * For how long a secret ID may be wrapped, in seconds: long enough for a service to start, too short to be found.
 * {@link mintWrapped} writes it into policies; whoever mints asks for `max`.
 */
export const WRAPPING_SECONDS = { min: 30, max: 120 } as const;

/**
 * The rule that lets somebody mint secret IDs of an AppRole, but only wrapped ones.
 *
 * @param role path of the role, as in `auth/approle/role/orders`.
 */
export function mintWrapped(role: string): PolicyRule {
  return {
    path: `${role}/secret-id`,
    capabilities: ['update'],
    wrappingSeconds: WRAPPING_SECONDS,
    reason: 'a secret ID, but only wrapped: the service alone unwraps it, once',
  };
}

/**
 * The ACL policy of whatever starts the service (a deploy job, a supervisor): it may read the role ID, and mint secret
 * IDs that are wrapped for 30 to 120 seconds. Its holder never sees a secret ID.
 *
 * https://developer.hashicorp.com/vault/docs/concepts/response-wrapping
 *
 * @example
 * const minter = new WrappedSecretIdMinter(this, 'orchestrator', { login: new AppRoleLogin(this, 'app', { name: 'app' }) });
 * new TerraformOutput(this, 'policy-of-the-deploy-job', { value: minter.policyName });
 */
export class WrappedSecretIdMinter extends Construct {
  readonly policyName: string;

  /** @throws ConstructError `ERR_PROPS` */
  constructor(scope: Construct, id: string, props: WrappedSecretIdMinterProps) {
    super(scope, id);
    refuseCollisions(this);
    const { login } = props;
    refuseProps(this, madeAs('login', login, 'mount', 'an AppRoleLogin'));
    const role = `auth/${login.mount}/role/${login.name}`;
    this.policyName = props.name ?? `${login.name}-orchestrator`;
    refuseProps(this, policyNameProblems('name', this.policyName));
    const policy = new Policy(this, 'policy', {
      name: this.policyName,
      policy: policyDocument([
        { path: `${role}/role-id`, capabilities: ['read'], reason: 'which role the service logs in as' },
        mintWrapped(role),
      ]),
    });
    knownPolicy(policy, this.policyName);
  }
}
