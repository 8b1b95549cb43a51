import type { KeycloakRealm } from '@portcullis/constructs/keycloak';
import { loadEnvironments } from './environments';
import { runsOnAws, type AwsEnvironment } from './environments/define-environment';
import { identityStack } from './identity-stack';

/** The realm of an environment, where the API is called by its domain. */
export function realmOf({ name, aws, keycloakRealm: realm }: AwsEnvironment): KeycloakRealm {
  return identityStack(`https://${aws.domain}`, { environment: name, ...(realm !== undefined && { realm }) });
}

/** The realm of the environment with this name. @throws Error where none of that name runs on AWS */
export function realmNamed(name: string): KeycloakRealm {
  const found = loadEnvironments()
    .filter(runsOnAws)
    .find((environment) => environment.name === name);
  if (found === undefined) throw new Error(`no environment ${name} on AWS`);
  return realmOf(found);
}
