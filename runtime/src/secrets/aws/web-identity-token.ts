import { exchange, type Exchanged } from '../../exchange';
import { isHttpsOrLoopback } from '../../policy/loopback';
import { SecretsError } from '../errors';
import { checkOptions, isFunction, TEXT, type Expected } from '../option-checks';
import type { AwsCredentialProvider } from './credential-provider';
import { awsSigner } from './signer';

/** Options of `awsWebIdentityToken()`. */
export interface AwsWebIdentityTokenOptions {
  /** The token's `aud`, as the role of Vault's JWT method expects it: usually Vault's URL. */
  readonly audience: string;
  /** AWS region whose STS issues the token: the global endpoint does not. */
  readonly region: string;
  /** URL of that STS, for a VPC endpoint with another name. @default `https://sts.<region>.amazonaws.com` */
  readonly endpoint?: string;
  /**
   * The AWS credentials to sign with.
   * @default the SDK's own chain: environment, web identity, the task's or the instance's role
   */
  readonly credentials?: AwsCredentialProvider;
}

const EXPECTED: Expected<AwsWebIdentityTokenOptions> = {
  audience: TEXT,
  region: TEXT,
  endpoint: TEXT,
  credentials: [isFunction, 'a credential provider of the AWS SDK'],
};

/** The shortest that STS gives. The token is spent at once. */
const LIFE_SECONDS = 60;
/** Of the two that STS has, the one that Vault verifies faster. */
const ALGORITHM = 'ES384';
const TIMEOUT_MS = 5_000;
const LARGEST = 64 * 1_024;

/** What an account or a role lacks, by the code that STS answers. */
const REMEDIES: ReadonlyMap<string, string> = new Map([
  [
    'OutboundWebIdentityFederationDisabledException',
    'turn it on in the account: aws iam enable-outbound-web-identity-federation',
  ],
  [
    'AccessDenied',
    "allow the task's role sts:GetWebIdentityToken for this audience: webIdentityAccess() of @portcullis/constructs",
  ],
]);
const LONGEST_CODE = 100;

/**
 * The identity of an IAM role as a JWT, signed by the account's own issuer anew at each login: there is no secret to keep.
 * Vault and OpenBao verify it by their JWT method, which the construct `AwsIdentityLogin` sets up.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html
 *
 * @example
 * jwtLogin({
 *   role: 'orders',
 *   mount: 'aws',
 *   token: awsWebIdentityToken({ audience: 'https://vault.example.com', region: 'eu-central-1' }),
 * })
 *
 * @throws SecretsError `ERR_SECRETS_CONFIG` with every problem of the options at once. What is returned rejects with
 * `ERR_LOGIN_SOURCE`, and the reason, if STS issues no token.
 */
export function awsWebIdentityToken(options: AwsWebIdentityTokenOptions): () => Promise<string> {
  checkOptions('awsWebIdentityToken()', options, EXPECTED, { required: ['audience', 'region'] });
  const { audience, region, credentials } = options;
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const url = addressOf(options.endpoint ?? `https://sts.${region}.${suffix}`);
  const { protocol, hostname, host, port } = url;
  const body = new URLSearchParams({
    ...{ Action: 'GetWebIdentityToken', Version: '2011-06-15' },
    'Audience.member.1': audience,
    DurationSeconds: String(LIFE_SECONDS),
    SigningAlgorithm: ALGORITHM,
  }).toString();

  return async () => {
    const signer = await awsSigner({ service: 'sts', region, ...(credentials && { credentials }) });
    const { headers } = await signer.sign({
      ...{ method: 'POST', protocol, hostname, path: '/', query: {}, body },
      ...(port !== '' && { port: Number(port) }),
      headers: { host, 'content-type': 'application/x-www-form-urlencoded' },
    });
    const { status, text } = await ask(url, headers, body);
    const token = textIn(text, 'WebIdentityToken');
    if (status === 200 && token !== undefined) return token;
    const code = textIn(text, 'Code')?.slice(0, LONGEST_CODE) ?? `status ${status}`;
    throw new SecretsError('ERR_LOGIN_SOURCE', problem(host, `answered ${code}`, REMEDIES.get(code)));
  };
}

/** An address that says no more than where a server is. */
function addressOf(endpoint: string): URL {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url !== undefined && isHttpsOrLoopback(endpoint) && url.href === `${url.origin}/`) return url;
  const expected = "a region of AWS, such as 'eu-central-1', and the https: address of its STS";
  throw new SecretsError('ERR_SECRETS_CONFIG', `awsWebIdentityToken(): expected ${expected}`);
}

async function ask(url: URL, headers: Record<string, string>, body: string): Promise<Exchanged> {
  try {
    return await exchange(url, { method: 'POST', headers, body, withinMs: TIMEOUT_MS, largest: LARGEST });
  } catch (cause) {
    const remedy = 'the task needs a way to it: a VPC endpoint for STS, or a NAT gateway';
    throw new SecretsError('ERR_LOGIN_SOURCE', problem(url.host, 'did not answer', remedy), { cause });
  }
}

function problem(host: string, what: string, remedy: string | undefined): string {
  return `STS at ${host} ${what}${remedy === undefined ? '' : `: ${remedy}`}`;
}

/** One element of STS' answers, which have no attributes, and no text that would need to be decoded. */
function textIn(xml: string, element: string): string | undefined {
  return new RegExp(`<${element}>([\\w.-]+)</${element}>`).exec(xml)?.[1];
}
