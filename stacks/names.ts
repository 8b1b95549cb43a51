/** Names and ARNs that follow from an environment: what one part makes, and others know without being told. */
import type { Policy } from '@portcullis/runtime/policy';
import type { AwsEnvironment } from './environments/define-environment';

export interface Names {
  /** Of the service, its cluster and its load balancer. */
  readonly service: string;
  readonly taskRole: string;
  readonly taskRoleArn: string;
  /** That Vault gives to whoever has the task's role. */
  readonly vaultRole: string;
  /** Of the rate-limit store, and of the service's user there. */
  readonly store: string;
  readonly storeUser: string;
  /** What the service says at `/healthz` that it is: the beginning of its image's digest. */
  readonly release: string;
}

/** An account holds one environment, so no name needs to say which. */
export function namesOf({ name }: Policy, { aws: { account, image } }: AwsEnvironment): Names {
  const taskRole = `${name}-task`;
  return {
    service: name,
    taskRole,
    taskRoleArn: `arn:aws:iam::${account}:role/${taskRole}`,
    vaultRole: name,
    store: `${name}-limits`,
    storeUser: name,
    release: image.digest.slice('sha256:'.length, 'sha256:'.length + 12),
  };
}
