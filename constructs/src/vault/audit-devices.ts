import { Audit } from '@cdktf/provider-vault/lib/audit';
import { Construct } from 'constructs';
import { ConstructError } from '../core';
import { vaultName } from './checks';

/** A file that Vault writes every request and response to. Secrets in it are hashed. */
export interface AuditFile {
  /** Name of the device, as in `primary`. */
  readonly name: string;
  /** Absolute path on the server. */
  readonly filePath: string;
}

export interface AuditDevicesProps {
  /** At least two: Vault refuses to answer when it can write to none of its devices. */
  readonly devices: readonly AuditFile[];
}

/**
 * Audit devices of type `file` of a Vault server. OpenBao refuses them: use {@link auditServerConfiguration} there.
 *
 * https://developer.hashicorp.com/vault/docs/audit/file
 *
 * @example
 * new AuditDevices(this, 'audit', {
 *   devices: [
 *     { name: 'primary', filePath: '/var/log/vault/audit.log' },
 *     { name: 'secondary', filePath: '/mnt/audit/vault.log' },
 *   ],
 * });
 */
export class AuditDevices extends Construct {
  /** @throws ConstructError `ERR_AUDIT_DEVICES` or `ERR_VAULT_NAME` */
  constructor(scope: Construct, id: string, props: AuditDevicesProps) {
    super(scope, id);
    if (new Set(props.devices.map(({ filePath }) => filePath)).size < 2) {
      throw new ConstructError(
        'ERR_AUDIT_DEVICES',
        this,
        `received ${props.devices.length} audit devices; give at least two with files of their own, so that one full disk does not stop every request`,
      );
    }
    for (const { name, filePath } of props.devices) {
      new Audit(this, vaultName(this, 'the name of an audit device', name), {
        type: 'file',
        path: name,
        options: { file_path: filePath },
      });
    }
  }
}

/**
 * Audit devices as blocks of OpenBao's server configuration (HCL): OpenBao refuses to change audit devices through its
 * API.
 *
 * @example
 * const blocks = auditServerConfiguration([{ name: 'primary', filePath: '/var/log/openbao/audit.log' }]);
 */
export function auditServerConfiguration(devices: readonly AuditFile[]): string {
  return devices
    .map(
      ({ name, filePath }) =>
        `audit "file" ${JSON.stringify(name)} {\n  options {\n    file_path = ${JSON.stringify(filePath)}\n  }\n}\n`,
    )
    .join('\n');
}
