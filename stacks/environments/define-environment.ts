/**
 * What differs between environments: where things are, and which version of each secret is to be written. It holds no
 * secret and no credential. An address with one in it is refused.
 */
import { POSTGRES_DEFAULTS, REDIS_DEFAULTS } from '@portcullis/constructs';
import { describeProblems, isLoopback, withCode, type Problem } from '@portcullis/runtime/policy';
import { isIP } from 'node:net';
import { z } from 'zod';

const host = z
  .string()
  .regex(
    /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$|^[0-9a-f:]+$/i,
    'expected a host name or address, without port or user',
  );
const port = z.int().min(1).max(65_535);
const region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'expected an AWS region such as "eu-central-1"');
const cidr = z.string().refine(isCidr, 'expected CIDR notation such as "10.0.0.0/16"');
const version = z.int().min(1, 'expected a whole number above zero; raise it to write a new value');
const text = z.string().min(1);

const backend = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('local'), directory: text }),
  z.strictObject({ kind: z.literal('s3'), bucket: text, region, kmsKeyId: text.optional() }),
]);

const encryption = z.discriminatedUnion('keyProvider', [
  z.strictObject({ keyProvider: z.literal('passphrase') }),
  z.strictObject({ keyProvider: z.literal('aws_kms'), keyId: text, region }),
  z.strictObject({ keyProvider: z.literal('openbao'), keyName: text }),
]);

const auditFile = z.strictObject({
  name: text,
  filePath: z.string().startsWith('/', 'expected an absolute path on the server'),
});

/** How jobs of the repository reach an environment that they plan and deploy. */
const delivery = z.strictObject({
  /** Vault's address, as runners reach it. It is the audience of their tokens. */
  vaultAddress: z.url(),
  /** `owner/name` */
  repository: text,
  /** Number that GitHub gave the repository. */
  repositoryId: text,
  /** Issuer of the jobs' tokens, for GitHub Enterprise Server. @default github.com's */
  issuer: z.url().optional(),
});

/** How people log in with a browser. The client's secret is in Vault: `oauth_client_secret` of the configuration. */
const loginSchema = z.strictObject({
  /** Under which the identity provider knows the API. */
  clientId: text,
  /** Where the provider sends people back to: on the host that clients call, ending in `/auth/callback`. */
  redirectUri: z
    .url({ protocol: /^https$/, error: 'expected an https: URL' })
    .regex(/\/auth\/callback$/, 'expected a URL that ends in "/auth/callback"'),
});

const awsId = (kind: string) =>
  z
    .string()
    .regex(new RegExp(`^${kind}-[0-9a-f]{8,17}$`), `expected an ID such as "${kind}-0a1b2c3d4e5f60718"`);

const account = z.string().regex(/^\d{12}$/, 'expected the twelve digits of an account');

/** The AWS account that the API runs in. Network, database and certificate exist already. */
const aws = z.strictObject({
  region,
  account,
  vpcId: awsId('vpc'),
  /** Subnets for tasks, load balancer, store and gateway: in two zones at least, without a route from the internet. */
  privateSubnetIds: z
    .array(awsId('subnet'))
    .refine((ids) => new Set(ids).size >= 2, 'expected at least two different subnets'),
  /** Security group of the database. A rule is added that lets the service in. */
  databaseSecurityGroupId: awsId('sg'),
  /** Host name that clients call. */
  domain: host,
  /** ARN of ACM's certificate for that name, in the region. Gateway and load balancer use it. */
  certificateArn: z
    .string()
    .regex(/^arn:aws[\w-]*:acm:[\w-]+:\d{12}:certificate\/[\w-]+$/, "expected the ARN of ACM's certificate"),
  /** `rest` has a firewall (AWS WAF), `http` costs a third of it. */
  gateway: z.enum(['http', 'rest']),
  /**
   * The setting that lets REST APIs log, which an account has once in a region: `existing` where another environment makes it.
   * @default 'made here'
   */
  gatewayAccount: z.enum(['made here', 'existing']).default('made here'),
  /** How many clients of the largest tier may be at their limit at once before the gateway throttles. */
  busyClients: z.int().min(1),
  /** Where its images are: a repository of ECR. Which of them runs stands in no file: see `deployed-image.ts`. */
  image: z.strictObject({
    registry: z.strictObject({ account, region }),
    repository: z.string().regex(/^[a-z0-9]+([._/-][a-z0-9]+)*$/, 'expected the name of a repository of ECR'),
  }),
  /** Size of a task in CPU units (1024 are one vCPU) and MiB, and how many tasks run. */
  tasks: z.strictObject({ cpu: z.int(), memory: z.int(), min: z.int().min(1), max: z.int().min(1) }),
  /** The Redis of the limits as ElastiCache, where the tasks sign in by their role. @default a self-run one: `redis` */
  store: z
    .strictObject({
      nodeType: z
        .string()
        .regex(/^cache\.[a-z0-9-]+\.[a-z0-9]+$/, 'expected a type such as "cache.t4g.small"'),
      /** How many shards the keys are spread over, in cluster mode. @default one, without cluster mode */
      shards: z.int().min(2).optional(),
    })
    .optional(),
  /** Security group whose members may connect to a self-run Redis; the tasks join it. */
  redisClientsSecurityGroupId: awsId('sg').optional(),
  /** Vault's address, as the service reaches it. It is the audience of the service's tokens. */
  vaultAddress: z.url({ protocol: /^https$/ }),
  /** Issuer of the account's own tokens, by which the service logs in to Vault; see `AwsIdentityMethod`. */
  identityIssuer: z.url({ protocol: /^https$/ }),
  /** How long CloudWatch keeps logs; `docs/events.md` names it. */
  logRetentionDays: z.int().min(1),
});

const environmentSchema = z
  .strictObject({
    /** A team's own name for it: stacks, and things in an account, carry it. */
    name: z
      .string()
      .regex(
        /^[a-z][a-z0-9-]{0,30}$/,
        'expected a name such as "staging": lower-case letters, digits, hyphens',
      ),
    /** Whether everything in it may be destroyed: a new one costs nothing. @default false */
    disposable: z.boolean().default(false),
    vault: z.strictObject({
      /** `server`: the server's configuration names the audit devices, as OpenBao wants it. */
      audit: z.union([z.literal('server'), z.array(auditFile).min(2, 'expected at least two devices')]),
    }),
    /** Address ranges from which the service may log in and use its token. */
    serviceCidrs: z.array(cidr).min(1, 'expected at least one range'),
    postgres: z.strictObject({
      host,
      port: port.default(POSTGRES_DEFAULTS.port),
      database: z.string().regex(/^\w+$/, 'expected the name of a database'),
      sslMode: z.enum(['verify-full', 'verify-ca', 'require', 'disable']).default(POSTGRES_DEFAULTS.sslMode),
    }),
    /** Vault's own user in PostgreSQL and Redis. @default the constructs' */
    vaultUser: z
      .string()
      .regex(/^[a-z_][a-z0-9_]*$/, 'expected lower-case letters, digits and "_"')
      .optional(),
    /** A self-run Redis, whose users Vault leases. In ElastiCache, which is `aws.store`, Vault cannot make users. */
    redis: z
      .strictObject({
        host,
        port: port.default(REDIS_DEFAULTS.port),
        tls: z.boolean().default(REDIS_DEFAULTS.tls),
      })
      .optional(),
    backend,
    encryption,
    delivery: delivery.optional(),
    /** Realm that `portcullis identity` makes. Environments on one Keycloak need different ones. @default the policy's name */
    keycloakRealm: text.optional(),
    /** Where in AWS stacks run the API. @default none do: whoever starts it says where */
    aws: aws.optional(),
    /** Beside `aws`. Whoever starts the API elsewhere sets OAUTH_CLIENT_ID and OAUTH_REDIRECT_URI. */
    login: loginSchema.optional(),
    secretVersions: z.strictObject({
      apiConfig: version,
      postgresAdminPassword: version,
      /** For a self-run Redis. @default 1 */
      redisBootstrapPassword: version.default(1),
    }),
  })
  .superRefine(cleartextOnlyOnLoopback)
  .refine(({ redis, aws }) => (redis === undefined) !== (aws?.store === undefined), {
    path: ['redis'],
    error: 'expected either a self-run Redis, or the store of AWS',
  })
  .refine(
    ({ aws }) => (aws?.store === undefined) === (aws?.redisClientsSecurityGroupId !== undefined) || !aws,
    {
      path: ['aws', 'redisClientsSecurityGroupId'],
      error: 'expected it beside a self-run Redis, where the tasks have to be let in, and nowhere else',
    },
  )
  .superRefine(loginWhereTheApiIs);

export type EnvironmentInput = z.input<typeof environmentSchema>;
export type Environment = z.output<typeof environmentSchema>;
/** An environment that runs on AWS. */
export type AwsEnvironment = Environment & {
  readonly aws: NonNullable<Environment['aws']>;
  readonly login: NonNullable<Environment['login']>;
};

export function runsOnAws(environment: Environment): environment is AwsEnvironment {
  return environment.aws !== undefined && environment.login !== undefined;
}

/** An environment's file is wrong, or a variable that it reads. The error lists every problem. */
export class EnvironmentError extends Error {
  readonly code = 'ERR_ENVIRONMENT_INVALID';
  override readonly name = 'EnvironmentError';

  /** @param problems each path begins with the environment's name. */
  constructor(readonly problems: readonly Problem[]) {
    super(withCode('ERR_ENVIRONMENT_INVALID', describeProblems('stacks/environments', problems)));
  }
}

/** Validates one environment. @throws EnvironmentError with every problem at once, each with its path. */
export function defineEnvironment(
  input: EnvironmentInput & {
    readonly aws: NonNullable<EnvironmentInput['aws']>;
    readonly login: NonNullable<EnvironmentInput['login']>;
  },
): AwsEnvironment;
export function defineEnvironment(input: EnvironmentInput): Environment;
export function defineEnvironment(input: EnvironmentInput): Environment {
  const parsed = environmentSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new EnvironmentError(
    parsed.error.issues.map(({ path, message }) => ({ path: [input.name, ...path].join('.'), message })),
  );
}

function cleartextOnlyOnLoopback(
  {
    postgres,
    redis,
  }: { postgres: { host: string; sslMode: string }; redis?: { host: string; tls: boolean } | undefined },
  context: z.RefinementCtx,
): void {
  const refuse = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
  if (postgres.sslMode === 'disable' && !isLoopback(postgres.host)) {
    refuse(['postgres', 'sslMode'], `expected TLS: ${postgres.host} is not on loopback`);
  }
  if (redis && !redis.tls && !isLoopback(redis.host)) {
    refuse(['redis', 'tls'], `expected true: ${redis.host} is not on loopback`);
  }
}

/** A browser keeps the cookie of a login for the host that gave it: on another one, the login would not be found again. */
function loginWhereTheApiIs(
  { aws, login }: { aws?: { domain: string } | undefined; login?: z.output<typeof loginSchema> | undefined },
  context: z.RefinementCtx,
): void {
  // A domain that is none is refused by itself.
  if (aws === undefined || !host.safeParse(aws.domain).success) return;
  const refuse = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
  if (login === undefined) {
    refuse(['login'], 'expected the client ID and the redirect URI that people log in with');
  } else if (new URL(login.redirectUri).host !== aws.domain.toLowerCase()) {
    refuse(['login', 'redirectUri'], `expected a URL on ${aws.domain}, the host that clients call`);
  }
}

function isCidr(block: string): boolean {
  const [address = '', bits = ''] = block.split('/');
  const family = isIP(address);
  return family !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128);
}
