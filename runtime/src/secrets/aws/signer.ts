import { createHash, createHmac } from 'node:crypto';
import type { SignatureV4 } from '@smithy/signature-v4';
import { missingPeer } from '../optional-peer';
import type { AwsCredentialProvider } from './credential-provider';

export interface AwsSignerOptions {
  /** Name of the service in the signature's scope, as in `sts` or `elasticache`. */
  readonly service: string;
  readonly region: string;
  /** @default the SDK's own chain: environment, web identity, the task's or the instance's role */
  readonly credentials?: AwsCredentialProvider;
}

/**
 * Signs requests with Signature Version 4, by AWS' own library. Both libraries are optional peers, loaded at
 * the first use, because most services run without AWS.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
 *
 * @throws SecretsError `ERR_SECRETS_CONFIG` when a library is not installed.
 */
export async function awsSigner({ service, region, credentials }: AwsSignerOptions): Promise<SignatureV4> {
  try {
    const { SignatureV4 } = await import('@smithy/signature-v4');
    const provider = credentials ?? (await import('@aws-sdk/credential-provider-node')).defaultProvider();
    return new SignatureV4({ service, region, credentials: provider, sha256: Sha256 });
  } catch (cause) {
    const packages = '@smithy/signature-v4 @aws-sdk/credential-provider-node';
    throw missingPeer(packages, `signing requests to AWS (${service})`, cause);
  }
}

/** Node's own SHA-256, in the form that the signer asks for. */
class Sha256 {
  readonly #hash: ReturnType<typeof createHash | typeof createHmac>;

  constructor(key?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = key === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(key));
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytesOf(data));
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}
