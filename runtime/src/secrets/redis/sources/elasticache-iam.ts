import { awsSigner } from '../../aws/signer';
import type { AwsCredentialProvider } from '../../aws/credential-provider';
import type { Clock } from '../../../time/clock';
import { SecretsError } from '../../errors';
import { checkOptions, isFunction, isSwitch, TEXT, type Expected } from '../../option-checks';
import type { CredentialSource } from '../../lease/credential';
import { Secret } from '../../secret';

/** An ElastiCache user with IAM authentication: nothing is stored, a token is signed when it is needed. */
export interface ElastiCacheIam {
  readonly kind: 'elasticache-iam';
  /** Name of the user. Its ID must be the same. */
  readonly user: string;
  /** Name of the replication group or of the serverless cache. */
  readonly cache: string;
  /** Whether it is a serverless cache. @default false */
  readonly serverless?: boolean;
  /** AWS region of the cache. @default AWS_REGION */
  readonly region?: string;
  /**
   * The AWS credentials to sign with.
   * @default the SDK's own chain: environment, web identity, the task's or the instance's role
   */
  readonly credentials?: AwsCredentialProvider;
}

const EXPECTED: Expected<ElastiCacheIam> = {
  kind: TEXT,
  user: TEXT,
  cache: TEXT,
  serverless: [isSwitch, 'true or false'],
  region: TEXT,
  credentials: [isFunction, 'a credential provider of the AWS SDK'],
};

/** How long a token can be used to sign in. */
const TOKEN_SECONDS = 900;
/** ElastiCache closes a connection that has not signed in anew for this long. */
const CONNECTION_MS = 12 * 3_600_000;

/**
 * The password is a presigned request that can be used for a quarter of an hour; like any credential it is replaced
 * before that. Connections sign in again with each new one, as ElastiCache demands every 12 hours at least; while none
 * can be signed they serve on until then.
 * https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth-iam.html
 */
export function elastiCacheIam(source: ElastiCacheIam, clock: Clock): CredentialSource {
  checkOptions('redisClient()', source, EXPECTED, { required: ['user', 'cache'] });
  const { user, cache, serverless = false, region = process.env.AWS_REGION, credentials } = source;
  if (!region) {
    throw new SecretsError('ERR_SECRETS_CONFIG', 'no AWS region: set AWS_REGION, or pass { region }');
  }
  return {
    kind: 'elasticache-iam',
    role: user,
    obtain: async () => {
      const obtainedAt = clock.monotonic();
      const signer = await awsSigner({ service: 'elasticache', region, ...(credentials && { credentials }) });
      const host = cache.toLowerCase();
      const { query = {} } = await signer.presign(
        {
          method: 'GET',
          protocol: 'http:',
          hostname: host,
          path: '/',
          headers: { host },
          query: { Action: 'connect', User: user, ...(serverless && { ResourceType: 'ServerlessCache' }) },
        },
        { expiresIn: TOKEN_SECONDS, signingDate: new Date(clock.wall()) },
      );
      const parameters = Object.entries(query).map(
        ([name, value]) => `${encode(name)}=${encode(String(value))}`,
      );
      return {
        user,
        password: new Secret(`${host}/?${parameters.join('&')}`),
        obtainedAt,
        ttlMs: CONNECTION_MS,
        freshMs: TOKEN_SECONDS * 1_000,
      };
    },
  };
}

/** RFC 3986, as the signature demands. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
