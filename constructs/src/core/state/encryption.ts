import { TerraformVariable, type TerraformStack } from 'cdktf';
import type { Problem } from '@portcullis/runtime/policy';
import { KMS_KEY, regionProblems } from '../aws';
import { noneOf, unlike } from '../props/checks';
import { engineOf } from '../providers/engine';
import { refuseProps } from '../props/errors';

/** Who holds the key that encrypts state and plan files. */
export type StateEncryption =
  | {
      /** A passphrase of at least 16 characters, given as `TF_VAR_state_passphrase` at every run. */
      readonly keyProvider: 'passphrase';
    }
  | {
      readonly keyProvider: 'aws_kms';
      readonly keyId: string;
      readonly region: string;
    }
  | {
      /** A key of a transit mount; address and token come from `BAO_ADDR` and `BAO_TOKEN`. */
      readonly keyProvider: 'openbao';
      readonly keyName: string;
    };

/**
 * Makes OpenTofu encrypt a stack's state and plan files, and refuse to read or write them in clear. Terraform cannot do
 * that: there this function does nothing, and the backend's own encryption remains. It is the second wall. The first
 * one is that no secret gets into the state.
 *
 * https://opentofu.org/docs/language/state/encryption/
 *
 * @param binary which engine runs. @default the `TERRAFORM_BINARY_NAME` of the environment
 * @throws ConstructError `ERR_PROPS` with all problems at once.
 *
 * @example
 * encryptState(this, { keyProvider: 'aws_kms', keyId: 'alias/state', region: 'eu-central-1' });
 */
export function encryptState(
  stack: TerraformStack,
  encryption: StateEncryption,
  binary = process.env.TERRAFORM_BINARY_NAME,
): void {
  refuseProps(stack, encryptionProblems(encryption));
  if (engineOf(binary) === 'terraform') return;
  if (encryption.keyProvider === 'passphrase') declarePassphrase(stack);
  const [type, settings] = keyProvider(encryption);
  const encrypted = { method: 'method.aes_gcm.state', enforced: true };
  stack.addOverride('terraform.encryption', {
    key_provider: { [type]: { state: settings } },
    method: { aes_gcm: { state: { keys: `\${key_provider.${type}.state}` } } },
    state: encrypted,
    plan: encrypted,
  });
}

function encryptionProblems(encryption: StateEncryption): Problem[] {
  switch (encryption.keyProvider) {
    case 'passphrase':
      return [];
    case 'aws_kms':
      return [
        ...unlike('keyId', encryption.keyId, KMS_KEY, 'the ARN, ID or alias of a key'),
        ...regionProblems('region', encryption.region),
      ];
    case 'openbao':
      return unlike('keyName', encryption.keyName, /^[\w-]+$/, 'the name of a transit key');
    default: {
      const { keyProvider } = encryption as { readonly keyProvider?: unknown };
      return noneOf('keyProvider', keyProvider, ['passphrase', 'aws_kms', 'openbao']);
    }
  }
}

function keyProvider(encryption: StateEncryption): [type: string, settings: Record<string, string>] {
  switch (encryption.keyProvider) {
    case 'passphrase':
      return ['pbkdf2', { passphrase: '${var.state_passphrase}' }];
    case 'aws_kms':
      return ['aws_kms', { kms_key_id: encryption.keyId, region: encryption.region, key_spec: 'AES_256' }];
    case 'openbao':
      return ['openbao', { key_name: encryption.keyName }];
  }
}

function declarePassphrase(stack: TerraformStack): void {
  const passphrase = new TerraformVariable(stack, 'state_passphrase', {
    type: 'string',
    description: 'Encrypts state and plan files: at least 16 characters',
  });
  // Were it not ephemeral, every plan would hold it, and `show -json` would show it.
  passphrase.addOverride('ephemeral', true);
}
