/** How the environments of a repository are delivered: what the workflows `plan.yml` and `deploy.yml` are made from. */
import { audienceOf, partitionOf } from '../../core/aws';
import { ACTIONS } from '../workflow/actions';
import { PORTCULLIS, type Step, vaultStep } from '../workflow/workflow';

export interface DeliveryWorkflowProps {
  /** JWT roles of the jobs, the same in every environment's Vault. {@link DeployIdentity} makes them. */
  readonly vault: { readonly planRole: string; readonly deployRole: string };
  /** The environments, in the order in which a change reaches them. */
  readonly environments: readonly DeliveryEnvironment[];
}

export interface DeliveryEnvironment {
  readonly name: string;
  readonly stacks: readonly string[];
  /** Address of the environment's own Vault, as runners reach it. */
  readonly vaultAddress: string;
  /** AWS holds the state of its stacks: the region, a role that reads the state, and a role that writes it. */
  readonly aws: { readonly region: string; readonly planRoleArn: string; readonly deployRoleArn: string };
  /** Whether it is scanned after its deploy. The next environment waits for the scan. @default false */
  readonly scanned?: boolean;
  /** The release that its service names at `/healthz` once it is deployed. @default the commit */
  readonly release?: string;
  /**
   * A self-run Redis whose users Vault leases: users without a lease are removed after each apply. Vault leases the user
   * for it by `SWEEP_ACL`. @default there is none
   */
  readonly redis?: { readonly host: string; readonly port: number };
  /**
   * Starts the service after the apply. @default the job starts nothing: on AWS the service logs in by its task's role,
   * and needs no secret
   */
  readonly handOver?: HandOver;
}

/** How a new instance of the service gets its secret ID, which nobody else can see. */
export interface HandOver {
  /** Name of the service's AppRole. A secret ID of it is minted, wrapped for two minutes. */
  readonly appRole: string;
  /** Bash that starts the service. `VAULT_ROLE_ID` and `VAULT_WRAPPED_SECRET_ID` are in its environment. */
  readonly command: string;
}

/** The command that plans a stack. */
export const PLAN = `${PORTCULLIS} plan`;

/** Where a job signs in to AWS. Each may be an expression of the workflow. */
export interface AwsSignIn {
  readonly region: string;
  readonly roleArn: string;
  /** What its token is for, where that is not what the action asks for by itself. */
  readonly audience?: string;
}

/** The audience of tokens for a region that the action would not ask for by itself. */
export function audienceIn(region: string): string | undefined {
  const partition = partitionOf(region);
  return partition === 'aws-cn' ? audienceOf(partition) : undefined;
}

/** Signs a job in to Vault and to AWS by its own identity: the repository keeps no credential. */
export function signIn(address: string, role: string, { region, roleArn, audience }: AwsSignIn): Step[] {
  return [
    vaultStep('Sign in to Vault', { address, role }, { outputToken: true }),
    {
      name: 'Sign in to AWS',
      uses: ACTIONS.awsCredentials,
      with: {
        'aws-region': region,
        'role-to-assume': roleArn,
        ...(audience !== undefined && { audience }),
      },
    },
  ];
}

/** The same where the environment is known. */
export function signInTo({ vaultAddress, aws }: DeliveryEnvironment, role: string, roleArn: string): Step[] {
  const audience = audienceIn(aws.region);
  return signIn(vaultAddress, role, {
    region: aws.region,
    roleArn,
    ...(audience !== undefined && { audience }),
  });
}

/** What the command needs of a job that is signed in to Vault. */
export const vaultEnvironment = (address: string): Record<string, string> => ({
  VAULT_ADDR: address,
  VAULT_TOKEN: '${{ steps.vault.outputs.vault_token }}',
});
