/** What the command `portcullis` has to know of this repository. Stacks are loaded by the commands that need them. */
import { defineConfig, type EnvironmentConfig } from '@portcullis/cli';
import { policy } from './policy';
import { vaultOf } from './stacks/repository';
import { VERIFIED } from './stacks/verified';
import { configSchema } from './vault-entries';
import { MOUNTS, REDIS_ROLES, vaultNamesOf } from './vault-names';

const { entries, pseudonymKey } = vaultNamesOf(policy);

const deployed = (name: string): EnvironmentConfig => ({
  vaultAddress: vaultOf(name),
  realm: async () => (await import('./stacks/realms.js')).realmNamed(name),
});

export default defineConfig({
  policy,
  environments: {
    local: {},
    dev: deployed('dev'),
    staging: { ...deployed('staging'), verify: VERIFIED },
    prod: { ...deployed('prod'), protected: true },
  },
  vault: {
    ...MOUNTS,
    pseudonymKey,
    limitsEntry: entries.limits,
    supportRole: REDIS_ROLES.support,
    revokeRole: REDIS_ROLES.revoke,
    sweepRole: REDIS_ROLES.sweep,
    entries: { [entries.config]: configSchema },
  },
  repository: async () => (await import('./stacks/github-settings.js')).repository,
});
