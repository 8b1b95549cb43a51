import { DataVaultGenericSecret } from '@cdktf/provider-vault/lib/data-vault-generic-secret';
import { Construct } from 'constructs';
import { refuseProps } from '../core';
import { madeAs } from '../core/props/checks';
import { AUDIT_FEWEST, type AuditDevices } from './audit-devices';
import type { PolicyRule } from './policy/policy-document';

/** Properties of {@link AuditRequired}. */
export interface AuditRequiredProps {
  /** The devices that the same stack makes: they are counted once they are there. @default the server's owner makes them */
  readonly devices?: AuditDevices;
}

/** What a plan or a deploy needs to count the devices. Vault lists them to nobody without `sudo`. */
export const AUDIT_COUNT_RULE: PolicyRule = {
  path: 'sys/audit',
  capabilities: ['read', 'sudo'],
  reason: 'are there two audit devices; it can change none of them',
};

/**
 * Has the plan fail, and so the deploy, where the server has fewer than two audit devices, whoever configured them: this
 * stack, another one, or OpenBao's server configuration. Nothing is created. Whoever plans needs {@link AUDIT_COUNT_RULE}.
 *
 * https://developer.hashicorp.com/vault/api-docs/system/audit
 *
 * @example
 * new AuditRequired(this, 'audit-required');
 */
export class AuditRequired extends Construct {
  /** @throws ConstructError `ERR_PROPS` */
  constructor(scope: Construct, id: string, { devices }: AuditRequiredProps = {}) {
    super(scope, id);
    if (devices !== undefined) refuseProps(this, madeAs('devices', devices, 'resources', 'AuditDevices'));
    new DataVaultGenericSecret(this, 'devices', {
      path: AUDIT_COUNT_RULE.path,
      ...(devices && { dependsOn: [...devices.resources] }),
      lifecycle: {
        postcondition: [
          {
            // The provider takes the answer for secret. Vault shows names and paths of files, no more.
            condition: `\${length(nonsensitive(keys(self.data))) >= ${AUDIT_FEWEST}}`,
            errorMessage: `sys/audit has fewer than ${AUDIT_FEWEST} audit devices: what this server does would be recorded in one place, or nowhere. Add some: AuditDevices on Vault; on OpenBao "audit" blocks in the server's configuration, which auditServerConfiguration() writes`,
          },
        ],
      },
    });
  }
}
