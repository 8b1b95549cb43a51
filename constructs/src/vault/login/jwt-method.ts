import { JwtAuthBackend } from '@cdktf/provider-vault/lib/jwt-auth-backend';
import type { Construct } from 'constructs';
import { knownAs, literal } from '../../core';

/** Mounts a JWT auth method for the tokens of one issuer. @returns its path, by reference: see `LoginMethod`. */
export function mountJwtMethod(
  scope: Construct,
  { path, issuer }: { readonly path: string; readonly issuer: string },
): string {
  // cdktf leaves this ID out of what it derives, so that a login's own method has the address of one that is shared.
  const method = new JwtAuthBackend(scope, 'Default', {
    path,
    type: 'jwt',
    oidcDiscoveryUrl: literal(issuer),
    boundIssuer: literal(issuer),
  });
  return knownAs(method, path).path;
}
