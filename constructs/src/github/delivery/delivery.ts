/** How the environments of a repository are delivered: what the workflows `plan.yml` and `deploy.yml` are made from. */
import { audienceOf, partitionOf } from '../../core/aws';
import type { AwsPlace } from '../../aws/account/place';
import { ACTIONS } from '../workflow/actions';
import { PORTCULLIS, type RepositoryTools } from '../workflow/repository-tools';
import { type Step, vaultStep } from '../workflow/workflow';

/** What plans of pull requests and deploys of main need to know. */
export interface DeliveryWorkflowProps {
  /** JWT roles of the jobs, the same in every environment's Vault. `DeployIdentity` makes them. */
  readonly vault: { readonly planRole: string; readonly deployRole: string };
  /** The environments, in the order in which a change reaches them. */
  readonly environments: readonly DeliveryEnvironment[];
  /** The image that is built of each merge, and that every environment then runs. @default the stacks run none */
  readonly image?: DeliveryImage;
  /** The repository's package manager, and how its jobs run the command. @default npm */
  readonly tools?: RepositoryTools;
}

/** An image of the repository's `Dockerfile`. Its digest reaches the stacks by the variable {@link IMAGE_DIGEST}. */
export interface DeliveryImage {
  /** Whose registry of ECR it is pushed to. */
  readonly registry: AwsPlace;
  /** Name of the repository in that registry, without account and region. */
  readonly repository: string;
  /** IAM role that may push there: of jobs of main, of the workflow that deploys. */
  readonly pushRoleArn: string;
  /** Who is told of a break-glass deploy: users and teams, as in `@example/platform`. */
  readonly alert: readonly string[];
}

/** Variable with the digest of the image that stacks deploy. Without it they keep what is deployed. */
export const IMAGE_DIGEST = 'PORTCULLIS_IMAGE_DIGEST';

/** An environment, and how its stacks are deployed. */
export interface DeliveryEnvironment {
  /** Name of the environment: in the repository, and in `portcullis.config.ts`. */
  readonly name: string;
  /** Names of its stacks. */
  readonly stacks: readonly string[];
  /** Address of the environment's own Vault, as runners reach it. */
  readonly vaultAddress: string;
  /** AWS holds the state of its stacks: the region, a role that reads the state, and a role that writes it. */
  readonly aws: { readonly region: string; readonly planRoleArn: string; readonly deployRoleArn: string };
  /** Whether it is scanned after its deploy. The next environment waits for the scan. @default false */
  readonly scanned?: boolean;
  /**
   * Whether `portcullis verify` holds the policy against its service after a deploy, with calls that read alone and
   * without a token: as the environment of `portcullis.config.ts` that has its name. @default false
   */
  readonly verified?: boolean;
  /** The service that runs the image. @default none: no deploy waits for it, and no rollback finds what ran before */
  readonly service?: DeliveredService;
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

/** The service that runs the image of an environment. */
export interface DeliveredService {
  /** Origin at which it says at `/healthz` which release it is: the digest of its image. */
  readonly url: string;
  /** SSM parameter with the digest that the stacks deployed last. */
  readonly deployed: string;
  /**
   * SSM parameter that each deploy writes once its image is served: a digest, its commit and, of an image that was not
   * scanned before, the run that scans it. Its history is what a rollback can go back to.
   */
  readonly good: string;
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
  /** AWS region. */
  readonly region: string;
  /** ARN of the role that the job assumes. */
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
export function signIn(address: string, role: string, aws: AwsSignIn): Step[] {
  return [vaultStep('Sign in to Vault', { address, role }, { outputToken: true }), awsStep(aws)];
}

export function awsStep({ region, roleArn, audience }: AwsSignIn): Step {
  return {
    name: 'Sign in to AWS',
    uses: ACTIONS.awsCredentials,
    with: {
      'aws-region': region,
      'role-to-assume': roleArn,
      ...(audience !== undefined && { audience }),
    },
  };
}

/** How a job signs in to the account of a region, whose partition may ask for an audience of its own. */
export function inRegion(region: string, roleArn: string): AwsSignIn {
  const audience = audienceIn(region);
  return { region, roleArn, ...(audience !== undefined && { audience }) };
}

/** Signs a job in to an environment's Vault and AWS account. */
export function signInTo({ vaultAddress, aws }: DeliveryEnvironment, role: string, roleArn: string): Step[] {
  return signIn(vaultAddress, role, inRegion(aws.region, roleArn));
}

/** What the command needs of a job that is signed in to Vault. */
export const vaultEnvironment = (address: string): Record<string, string> => ({
  VAULT_ADDR: address,
  VAULT_TOKEN: '${{ steps.vault.outputs.vault_token }}',
});
