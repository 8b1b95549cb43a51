import { Audit } from '@cdktf/provider-vault/lib/audit';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { Problem } from '@portcullis/runtime/policy';
import { knownAs, literal, refuseProps } from '../core';
import { isList, unless, unlike } from '../core/props/checks';
import { isLater, known } from '../core/props/later';
import { nameProblems } from './checks';
import { refuseCollisions } from './collisions';

/** A file that Vault writes every request and response to. Secrets in it are hashed. */
export interface AuditFile {
  /** Name of the device, as in `primary`. */
  readonly name: string;
  /** Absolute path on the server. */
  readonly filePath: string;
}

/** One full disk must not stop every request, and one lost disk must not take the record along. */
export const AUDIT_FEWEST = 2;

/** Properties of {@link AuditDevices}. */
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
  /** The devices as resources, for what has to come after them. */
  readonly resources: readonly ITerraformDependable[];

  /** @throws ConstructError `ERR_PROPS` with all problems at once. */
  constructor(scope: Construct, id: string, props: AuditDevicesProps) {
    super(scope, id);
    refuseCollisions(this);
    refuseProps(this, problemsOf(props));
    this.resources = props.devices.map(({ name, filePath }) =>
      knownAs(
        new Audit(this, name, {
          type: 'file',
          path: name,
          options: { file_path: literal(filePath) },
        }),
        name,
      ),
    );
  }
}

function problemsOf({ devices }: AuditDevicesProps): Problem[] {
  if (isLater(devices) || (isList(devices) && devices.some(isLater)))
    return known('devices', devices, 'each of them is made by itself');
  if (!isList(devices)) return unless(false, 'devices', devices, 'a list of audit devices');
  const nothing = devices.findIndex(
    (device) => typeof device !== 'object' || (device as AuditFile | null) === null,
  );
  if (nothing >= 0) return unless(false, `devices[${nothing}]`, devices[nothing], 'an audit device');
  const few = new Set(devices.map(({ filePath }) => filePath)).size < AUDIT_FEWEST;
  const repeated = devices.filter(({ name }, index) => devices.findIndex((one) => one.name === name) < index);
  return [
    ...(few
      ? [
          {
            path: 'devices',
            message: `received ${devices.length} audit devices; expected at least two with files of their own, so that one full disk does not stop every request`,
          },
        ]
      : []),
    ...repeated.map(({ name }) => ({
      path: 'devices',
      message: `received ${JSON.stringify(name)} twice; expected names that differ`,
    })),
    ...devices.flatMap(({ name, filePath }, index) => [
      ...nameProblems(`devices[${index}].name`, name),
      ...filePathProblems(`devices[${index}].filePath`, filePath),
    ]),
  ];
}

/** Vault would look for a relative path wherever its process happens to have been started. */
function filePathProblems(path: string, filePath: string): Problem[] {
  return unlike(
    path,
    filePath,
    /^(?!.*\/\.\.?(\/|$))(\/[^/\p{Cc}]+)+$/u,
    'an absolute path of a file on the server, without "." and ".."',
  );
}

/**
 * Audit devices as blocks of OpenBao's server configuration (HCL): OpenBao refuses to change audit devices through its
 * API.
 *
 * @example
 * const blocks = auditServerConfiguration([
 *   { name: 'primary', filePath: '/var/log/openbao/audit.log' },
 *   { name: 'secondary', filePath: '/mnt/audit/openbao.log' },
 * ]);
 *
 * @throws ConstructError `ERR_PROPS` with all problems at once.
 */
export function auditServerConfiguration(devices: readonly AuditFile[]): string {
  refuseProps('auditServerConfiguration()', problemsOf({ devices }));
  return devices
    .map(
      ({ name, filePath }) =>
        `audit "file" ${JSON.stringify(name)} {\n  options {\n    file_path = ${JSON.stringify(filePath)}\n  }\n}\n`,
    )
    .join('\n');
}
