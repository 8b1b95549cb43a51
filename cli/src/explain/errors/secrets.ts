import type { SecretsErrorCode } from '@portcullis/runtime/secrets';
import type { ErrorGroup, Explanation } from './explanation';

const errors: Readonly<Record<SecretsErrorCode, Explanation>> = {
  ERR_SECRETS_CONFIG: {
    cause:
      "An option of `SecretsManager.connect()`, of a pool or of a client, or one of its environment variables, is missing or malformed; or a package that it needs (`pg`, `redis`, AWS' packages) is not installed.",
    remedy:
      'Mend each option that the message names, or install the package. [environment.md](environment.md) lists the variables.',
  },
  ERR_VAULT_ADDRESS_INSECURE: {
    cause:
      "Vault's address, or a redirect of Vault, is plain http to a host that is not loopback: tokens would be sent in the clear.",
    remedy: 'Use https. `{ allowPlainHttp: true }` is for networks that encrypt below HTTP.',
  },
  ERR_VAULT_UNREACHABLE: {
    cause: 'None of the addresses of Vault answers.',
    remedy:
      'Check `VAULT_ADDR`, name resolution and the network. What is leased goes on serving until its deadline, and trying goes on.',
  },
  ERR_VAULT_CERTIFICATE: {
    cause: "Vault's certificate is not trusted, or is for another host name.",
    remedy:
      "Name the authority's file in `VAULT_CACERT` or `{ caFile }`, and use the host name that the certificate holds.",
  },
  ERR_VAULT_SEALED: {
    cause: 'Vault is sealed, or has no active node.',
    remedy: 'Unseal it. The service goes on by itself then.',
  },
  ERR_VAULT_THROTTLED: {
    cause: 'A rate-limit quota of Vault is spent (429). It is asked again after the pause that it names.',
    remedy: 'Raise the quota for the mount, or start fewer instances at once.',
  },
  ERR_VAULT_MOVED: {
    cause: 'What answers sends to another address for good (301): it is no Vault, or stands before one.',
    remedy: 'Set `VAULT_ADDR` to where it points, if that is yours.',
  },
  ERR_VAULT_FAILED: {
    cause: 'Vault, or the database behind it, failed (5xx).',
    remedy:
      "Look into Vault's log: a database that is down, or an administrator's password that is no longer right, shows there. It is tried again meanwhile.",
  },
  ERR_VAULT_REQUEST_REFUSED: {
    cause: 'Vault refused the request as malformed (400).',
    remedy: 'Compare the mount, role and path with what is deployed; the message names them.',
  },
  ERR_VAULT_CAPABILITY_MISSING: {
    cause:
      'The token is valid, and its policy does not allow the path. `path` and `capability` say what is missing.',
    remedy: 'Grant it with the construct that the message names, and deploy.',
  },
  ERR_VAULT_TOKEN_INVALID: {
    cause: "The service's token expired, was revoked, or never was one.",
    remedy: 'A new login follows by itself. If it fails, its own error says why.',
  },
  ERR_VAULT_LOGIN_REFUSED: {
    cause:
      'Vault refused the login: a wrong or used-up secret ID, an address that the role does not allow, a role that is not there.',
    remedy: "Mint a new secret ID, and compare the role's name and its bound networks with what is deployed.",
  },
  ERR_LOGIN_SOURCE: {
    cause:
      'What the login needs cannot be had: a file that cannot be read or is empty, no credentials of AWS, a value with a line break in it.',
    remedy: "See that the file is mounted and readable for the service's user, or that the task has a role.",
  },
  ERR_WRAPPING_TOKEN_INVALID: {
    cause:
      'The wrapping token of the secret ID is expired, or **somebody else has unwrapped it**. Treat it as an alarm.',
    remedy:
      "Look for its accessor in Vault's audit log. If it was unwrapped and not by this service, revoke the secret ID; then mint a new one.",
  },
  ERR_WRAPPING_TOKEN_FOREIGN: {
    cause:
      'The wrapping token was made by another path than the one that mints secret IDs for this role: **somebody placed it**.',
    remedy: 'Do not use it. Find out who can write where the service reads its wrapping token.',
  },
  ERR_MOUNT_NOT_FOUND: {
    cause: 'There is no secrets engine at this mount.',
    remedy: 'Deploy it, or mend the name. In a namespace, set `VAULT_NAMESPACE`.',
  },
  ERR_ROLE_NOT_FOUND: {
    cause: 'The mount is there, and has no role of this name.',
    remedy: 'Deploy the role, or mend the name.',
  },
  ERR_LEASE_MISSING: {
    cause: 'The path was answered without a lease: it lends nothing, as a KV entry does not.',
    remedy: 'Read entries with `kv()` or `watchKv()`; use `lease()` for paths that lend.',
  },
  ERR_LEASE_SCHEMA: {
    cause: 'What was lent does not fit the schema that `lease()` was given. It was given back.',
    remedy: 'Mend the schema, or the role that lends.',
  },
  ERR_KV_NOT_FOUND: {
    cause: 'There is no KV entry at this path, or its newest version was deleted.',
    remedy: 'Deploy it, write it with `npx portcullis secrets put`, or mend the path.',
  },
  ERR_KV_SCHEMA: {
    cause:
      'The KV entry does not fit the schema that `kv()` or `watchKv()` was given. The message names fields, never values.',
    remedy: 'Write the field with `npx portcullis secrets put`, or mend the schema.',
  },
  ERR_KV_VERSION: {
    cause: 'The entry is in a KV engine of version 1, which keeps no versions to follow.',
    remedy: 'Make a mount of version 2 with `KvMount`, or upgrade this one with `bao kv enable-versioning`.',
  },
  ERR_CREDENTIAL_EXPIRED: {
    cause:
      'A leased credential reached its deadline and could not be replaced in time: `cause` holds the last failure.',
    remedy:
      'Mend what kept Vault from lending; the next lease is taken by itself. Alert on `portcullis.secrets.time_to_deadline` to hear of it before.',
  },
  ERR_CREDENTIAL_UNAVAILABLE: {
    cause: 'No credential could be had within the bound of the start: `cause` holds the last failure.',
    remedy: 'Mend what it names: most often Vault or the database behind it is away.',
  },
  ERR_REDIS_UNREACHABLE: {
    cause: 'Redis has been away for longer than a command waits.',
    remedy: 'Bring it back: the client connects again by itself.',
  },
  ERR_SECRETS_CLOSED: {
    cause:
      '`close()` of the `SecretsManager` was called: its leases are revoked, its pools and clients are ended.',
    remedy: 'Stop serving before `close()`, and do not use what it gave out afterwards.',
  },
};

export const SECRETS: ErrorGroup = {
  title: 'Secrets',
  about: 'Of `SecretsManager` and what it gives out, thrown as `SecretsError`.',
  errors,
};
