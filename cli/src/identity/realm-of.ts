import type { KeycloakRealm } from '@portcullis/constructs/keycloak';
import { loadEnvironments } from '../../../stacks/environments';
import { runsOnAws, type Environment } from '../../../stacks/environments/define-environment';
import { identityStack } from '../../../stacks/identity-stack';
import { PortcullisError } from '../errors';

/**
 * The realm of an environment whose API runs somewhere.
 * @param known @default those of `stacks/environments`
 * @throws PortcullisError `ERR_SETTING` for the name of no such environment
 */
export function realmOf(name: string, known: readonly Environment[] = loadEnvironments()): KeycloakRealm {
  const environments = known.filter(runsOnAws);
  const found = environments.find((environment) => environment.name === name);
  if (found !== undefined) {
    const { aws, keycloakRealm: realm } = found;
    return identityStack(`https://${aws.domain}`, {
      environment: name,
      ...(realm !== undefined && { realm }),
    });
  }
  throw new PortcullisError(
    'ERR_SETTING',
    `received ${JSON.stringify(name)}; expected one of the environments ${environments.map((environment) => environment.name).join(', ')}`,
    'name one of them; on this machine, `npm start -- --identity keycloak` does it all',
  );
}
