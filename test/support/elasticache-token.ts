import { createHash, createHmac } from 'node:crypto';

/** Whose token is awaited, and where. */
export interface AwaitedToken {
  readonly user: string;
  readonly cache: string;
  readonly secretAccessKey: string;
}

/**
 * Whether ElastiCache would take a password for a token of IAM's: the signature made anew from the token's own parts, by
 * the algorithm's text and without AWS' library.
 * https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth-iam.html
 */
export function isSignInToken(token: string, { user, cache, secretAccessKey }: AwaitedToken): boolean {
  const [host = '', search = ''] = token.split('/?');
  const query = search.split('&').map((part) => part.split('=') as [string, string]);
  const value = (name: string): string =>
    decodeURIComponent(query.find(([given]) => given === name)?.[1] ?? '');
  return (
    host === cache &&
    value('Action') === 'connect' &&
    value('User') === user &&
    value('X-Amz-Expires') === '900' &&
    value('X-Amz-Signature') === signatureOf(host, query, secretAccessKey)
  );
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html, steps 1 to 4. */
function signatureOf(
  host: string,
  query: readonly (readonly [string, string])[],
  secretAccessKey: string,
): string {
  const value = (name: string): string => query.find(([given]) => given === name)?.[1] ?? '';
  const [, date = '', region = '', service = ''] = decodeURIComponent(value('X-Amz-Credential')).split('/');
  const canonicalQuery = query
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, encoded]) => `${name}=${encoded}`)
    .sort()
    .join('&');
  const canonicalRequest = ['GET', '/', canonicalQuery, `host:${host}\n`, 'host', sha256('')].join('\n');
  const scope = `${date}/${region}/${service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', value('X-Amz-Date'), scope, sha256(canonicalRequest)].join('\n');
  const key = ['aws4_request', service, region, date].reduceRight<string | Buffer>(
    (secret, part) => hmac(secret, part),
    `AWS4${secretAccessKey}`,
  );
  return hmac(key, toSign).toString('hex');
}
