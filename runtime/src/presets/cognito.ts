import { expectShape, type Preset } from './preset';

/** Options of `cognito()`. */
export interface CognitoOptions {
  /** The user pool: `eu-west-1_AbCdEf123`. */
  readonly userPool: string;
  /** The app clients whose tokens are let in: access tokens of Cognito name no API. */
  readonly clients: string | readonly string[];
}

/**
 * Amazon Cognito. Its access tokens name the client and no API, so the clients are listed; scopes of a resource server are
 * called `<server>/<scope>`, and groups are scopes as well. It has no `resource`.
 *
 * https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
 *
 * @throws AuthOptionsError
 */
export function cognito(options: CognitoOptions): Preset {
  expectShape(
    'cognito',
    { ...options },
    { userPool: [/^[a-z]{2}(-[a-z]+)+-\d_[A-Za-z0-9]+$/, 'eu-west-1_AbCdEf123'] },
  );
  const { userPool, clients } = options;
  const region = userPool.slice(0, userPool.indexOf('_'));
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const issuer = `https://cognito-idp.${region}.${domain}/${userPool}`;
  return {
    verify: {
      issuer,
      audience: clients,
      audienceClaim: 'client_id',
      tokenType: 'any',
      claims: { scopes: ['scope', 'cognito:groups'] },
    },
    // The logout that it publishes is one of its own.
    login: { issuer, resource: false, logoutParameter: 'logout_uri' },
    client: { issuer },
  };
}
