/**
 * ElastiCache's side of IAM authentication, which no engine outside of AWS has: a double. It checks a token as AWS
 * documents it (the signature made anew from the token's own parts, by the algorithm's text and without AWS'
 * library) and then makes it the password of a user of a real Redis.
 */
import type { RedisDriver } from '@portcullis/runtime';
import { createHash, createHmac } from 'node:crypto';
import { redisCommand } from '../../../../cli/src/local/servers/redis';

export const ACCESS_KEY = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html, steps 1 to 4. */
export function signatureOf(host: string, query: readonly (readonly [string, string])[]): string {
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
    `AWS4${ACCESS_KEY.secretAccessKey}`,
  );
  return hmac(key, toSign).toString('hex');
}

export class ElastiCacheDouble {
  /** Every token that was accepted. */
  readonly accepted: string[] = [];

  constructor(
    private readonly adminUrl: string,
    private readonly user: string,
    private readonly cache: string,
  ) {}

  /** Makes the user, without any password. */
  async create(): Promise<void> {
    await this.admin(
      'ACL',
      'SETUSER',
      this.user,
      'reset',
      'on',
      '~test:*',
      '&test:*',
      '+@all',
      '-@dangerous',
      '+info',
    );
  }

  /** The driver with this double between it and Redis. */
  behind<Native>(driver: RedisDriver<Native>): RedisDriver<Native> {
    return {
      create: (endpoint, credentials, events) => {
        const link = driver.create(endpoint, credentials, events);
        const { connect, authenticate } = link;
        return Object.defineProperties(link, {
          connect: {
            value: async () => {
              await this.accept(credentials().user, credentials().password.reveal());
              await connect();
            },
          },
          authenticate: {
            value: async (next: Parameters<typeof authenticate>[0]) => {
              await this.accept(next.user, next.password.reveal());
              await authenticate(next);
            },
          },
        });
      },
    };
  }

  /** @throws WRONGPASS unless the token is one that AWS would take, now. */
  private async accept(user: string, token: string): Promise<void> {
    const [host = '', search = ''] = token.split('/?');
    const query = search.split('&').map((part) => part.split('=') as [string, string]);
    const value = (name: string): string =>
      decodeURIComponent(query.find(([given]) => given === name)?.[1] ?? '');
    const expected = [
      user === this.user,
      host === this.cache,
      value('Action') === 'connect',
      value('User') === user,
    ];
    if (
      expected.includes(false) ||
      value('X-Amz-Expires') !== '900' ||
      value('X-Amz-Signature') !== signatureOf(host, query)
    ) {
      throw new Error('WRONGPASS invalid username-password pair or user is disabled.');
    }
    await this.admin('ACL', 'SETUSER', user, 'resetpass', `>${token}`);
    this.accepted.push(token);
  }

  private admin(...command: string[]): Promise<unknown> {
    return redisCommand(this.adminUrl, command);
  }
}
