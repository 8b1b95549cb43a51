import { SecretsError } from '../errors';
import { Secret } from '../secret';
import type { VaultTransport } from '../vault/client';
import { errorFor, remedyFor } from '../vault/failure';

/** The path a secret ID's wrapping token must come from. */
export interface ExpectedOrigin {
  readonly mount: string;
  /** Any role of the mount when undefined. */
  readonly roleName: string | undefined;
}

/**
 * Unwraps a secret ID (response wrapping, as HashiCorp's "AppRole best practices" ask for): looks the
 * wrapping token up, compares where it was made, unwraps. An attacker who swaps in a wrapping token of his
 * own fails the comparison; one who unwrapped ours before us makes the lookup fail, which is an alarm.
 *
 * @throws SecretsError `ERR_WRAPPING_TOKEN_FOREIGN`, or `ERR_WRAPPING_TOKEN_INVALID`: treat it as a theft.
 */
export async function unwrapSecretId(
  vault: VaultTransport,
  wrappingToken: Secret,
  origin: ExpectedOrigin,
  signal: AbortSignal,
): Promise<Secret> {
  const body = { token: wrappingToken.reveal() };
  const looked = await vault.send({ method: 'POST', path: 'sys/wrapping/lookup', body, signal });
  if (looked.kind !== 'ok') throw wrappingError(looked);
  const path = looked.body.data?.creation_path;
  if (!isExpected(path, origin)) {
    throw new SecretsError(
      'ERR_WRAPPING_TOKEN_FOREIGN',
      `the wrapping token was made by "${String(path)}", expected "${describe(origin)}": do not use it, find out who placed it`,
    );
  }
  const answer = await vault.send({
    method: 'POST',
    path: 'sys/wrapping/unwrap',
    once: true,
    token: wrappingToken,
    signal,
  });
  if (answer.kind !== 'ok') throw wrappingError(answer);
  const secretId = answer.body.data?.secret_id;
  if (typeof secretId !== 'string') {
    throw new SecretsError('ERR_WRAPPING_TOKEN_FOREIGN', 'the wrapping token holds no secret ID');
  }
  return new Secret(secretId);
}

function isExpected(path: unknown, { mount, roleName }: ExpectedOrigin): boolean {
  if (typeof path !== 'string') return false;
  const prefix = `auth/${mount.replace(/^\/+|\/+$/g, '')}/role/`;
  if (!path.startsWith(prefix) || !path.endsWith('/secret-id')) return false;
  const role = path.slice(prefix.length, -'/secret-id'.length);
  return roleName === undefined ? role !== '' && !role.includes('/') : role === roleName;
}

function describe({ mount, roleName = '<role>' }: ExpectedOrigin): string {
  return `auth/${mount}/role/${roleName}/secret-id`;
}

function wrappingError(failure: Parameters<typeof errorFor>[0]): SecretsError {
  if (remedyFor(failure) === 'retry') return errorFor(failure, 'unwrapping the secret ID');
  return new SecretsError(
    'ERR_WRAPPING_TOKEN_INVALID',
    'the wrapping token of the secret ID is expired, or somebody else has unwrapped it: check the audit log for its accessor, then mint a new one',
  );
}
