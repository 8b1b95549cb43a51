import { Policy } from '@cdktf/provider-vault/lib/policy';
import { Construct } from 'constructs';
import type { AppRoleLogin } from './app-role-login';
import { vaultName } from '../checks';
import { policyDocument } from '../policy/policy-document';

export interface WrappedSecretIdMinterProps {
  /** The login that secret IDs are minted for. */
  readonly login: AppRoleLogin;
  /** Name of the policy. @default `<name of the login>-orchestrator` */
  readonly name?: string;
}

/**
 * The policy of whatever starts the service (a deploy job, a supervisor): read the role ID, and mint secret
 * IDs that are wrapped for 30 to 120 seconds. Whoever holds it never sees a secret ID.
 */
export class WrappedSecretIdMinter extends Construct {
  readonly policyName: string;

  /** @throws ConstructError `ERR_VAULT_NAME` */
  constructor(scope: Construct, id: string, props: WrappedSecretIdMinterProps) {
    super(scope, id);
    const { login } = props;
    const role = `auth/${login.mount}/role/${login.name}`;
    this.policyName = vaultName(this, 'the name of a policy', props.name ?? `${login.name}-orchestrator`);
    new Policy(this, 'policy', {
      name: this.policyName,
      policy: policyDocument([
        { path: `${role}/role-id`, capabilities: ['read'], reason: 'which role the service logs in as' },
        {
          path: `${role}/secret-id`,
          capabilities: ['update'],
          wrappingSeconds: { min: 30, max: 120 },
          reason: 'a secret ID, but only wrapped: the service alone unwraps it, once',
        },
      ]),
    });
  }
}
