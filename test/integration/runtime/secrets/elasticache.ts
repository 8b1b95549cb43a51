/**
 * ElastiCache's side of IAM authentication, which no engine outside of AWS has: a double. It checks a token as AWS
 * documents it and then makes it the password of a user of a real Redis.
 */
import type { RedisDriver } from '@portcullis/runtime';
import { redisCommand } from '../../../../cli/src/local/servers/redis';
import { isSignInToken } from '../../../support/elasticache-token';

export const ACCESS_KEY = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};

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
    const { secretAccessKey } = ACCESS_KEY;
    if (user !== this.user || !isSignInToken(token, { user, cache: this.cache, secretAccessKey })) {
      throw new Error('WRONGPASS invalid username-password pair or user is disabled.');
    }
    await this.admin('ACL', 'SETUSER', user, 'resetpass', `>${token}`);
    this.accepted.push(token);
  }

  private admin(...command: string[]): Promise<unknown> {
    return redisCommand(this.adminUrl, command);
  }
}
