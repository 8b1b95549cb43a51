import type { AwsCredentialProvider } from '../aws/credential-provider';
import { awsSigner } from '../aws/signer';
import { checkOptions, isFunction, TEXT, type Expected } from '../option-checks';
import type { LoginMethod } from './method';
import { sendLogin } from './send-login';

export interface AwsLoginOptions {
  /** The role of Vault's AWS auth method, bound to the task's IAM role. */
  readonly role: string;
  /** Where the method is mounted. @default 'aws' */
  readonly mount?: string;
  /**
   * What `iam_server_id_header_value` of the mount is set to, as in `vault.example.com`. It is part of what is
   * signed, so that a login caught by one Vault is worth nothing to another.
   */
  readonly serverId?: string;
  /** Region whose STS Vault asks (its `sts_region`). @default the global endpoint, as Vault asks by default */
  readonly region?: string;
  /** @default the SDK's own chain: environment, web identity, the task's or the instance's role */
  readonly credentials?: AwsCredentialProvider;
}

const EXPECTED: Expected<AwsLoginOptions> = {
  role: TEXT,
  mount: TEXT,
  serverId: TEXT,
  region: TEXT,
  credentials: [isFunction, 'a credential provider of the AWS SDK'],
};

const BODY = 'Action=GetCallerIdentity&Version=2011-06-15';

/**
 * AWS, type `iam`: no secret at all. The service signs an `sts:GetCallerIdentity` request with its own role's
 * credentials and hands it to Vault, which sends it to STS and learns who signed. Signed anew at each login.
 * https://developer.hashicorp.com/vault/docs/auth/aws#iam-auth-method
 *
 * OpenBao has the method as an external plugin, HashiCorp Vault has it built in.
 */
export function awsLogin(options: AwsLoginOptions): LoginMethod {
  checkOptions('awsLogin()', options, EXPECTED, { required: ['role'] });
  const { role, mount = 'aws', region, serverId, credentials } = options;
  const hostname = region === undefined ? 'sts.amazonaws.com' : `sts.${region}.amazonaws.com`;

  return {
    name: 'aws',
    login: async (vault, signal) => {
      const signer = await awsSigner({
        service: 'sts',
        region: region ?? 'us-east-1',
        ...(credentials && { credentials }),
      });
      const signed = await signer.sign({
        method: 'POST',
        protocol: 'https:',
        hostname,
        path: '/',
        query: {},
        headers: {
          host: hostname,
          'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
          ...(serverId !== undefined && { 'x-vault-aws-iam-server-id': serverId }),
        },
        body: BODY,
      });
      const body = {
        role,
        iam_http_request_method: 'POST',
        iam_request_url: base64(`https://${hostname}/`),
        iam_request_body: base64(BODY),
        iam_request_headers: base64(JSON.stringify(signed.headers)),
      };
      return sendLogin(vault, { mount, body, remedy: REMEDY }, signal);
    },
  };
}

const REMEDY =
  "bind the role to the task's IAM role, and compare its region and server ID with the mount's configuration";

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
