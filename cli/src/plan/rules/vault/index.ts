import type { Rule } from '../rule';
import { connection, databaseRole } from './database';
import { endpoint } from './endpoint';
import { auditDevice, authMethod, kvEntry, mount, transitKey } from './mounts';
import { vaultPolicy } from './policy';
import { appRole, jwtRole } from './roles';
import { secretGate } from './secret-gate';

export const VAULT_RULES: readonly Rule[] = [
  connection,
  databaseRole,
  endpoint,
  secretGate,
  auditDevice,
  authMethod,
  kvEntry,
  mount,
  transitKey,
  vaultPolicy,
  appRole,
  jwtRole,
];
