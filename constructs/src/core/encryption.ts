import { TerraformVariable, type TerraformStack } from 'cdktf';
import { engineOf } from './engine';

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
 * Encrypts a stack's state and plan files natively, and refuses to read or write them in clear. OpenTofu
 * only: Terraform has no such thing, and there the backend's own encryption remains. It is the second
 * wall: secrets do not belong into the state in the first place.
 *
 * @param binary which engine runs. @default the `TERRAFORM_BINARY_NAME` of the environment
 */
export function encryptState(
  stack: TerraformStack,
  encryption: StateEncryption,
  binary = process.env.TERRAFORM_BINARY_NAME,
): void {
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
  // Ephemeral, or it would be in every plan, and thereby in what `show -json` gives to others.
  passphrase.addOverride('ephemeral', true);
}
