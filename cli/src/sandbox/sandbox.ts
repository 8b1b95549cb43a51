/** What a running `npm start` offers to other terminals of the same user, over a socket: nothing of it is in a file. */
import type { Client } from '../connections/client-tokens';

/** Where everything of a sandbox is. No secret is in it. */
export interface SandboxDescription {
  /** The repository that was started. */
  readonly folder: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** The environment that was deployed, as the config calls it. */
  readonly environment: string;
  readonly issuer: string;
  readonly vaultAddress: string;
  readonly redis: { readonly host: string; readonly port: number };
  /** Where the service shows its leases. */
  readonly statusSocket: string;
  readonly clients: readonly SandboxClient[];
}

/** A client of the sandbox's identity provider. */
export interface SandboxClient {
  readonly clientId: string;
  /** @default none is known: the provider is not the sandbox's own */
  readonly tier?: string;
}

/** Whose token of Vault is asked for. */
export type Person =
  /** Who answers customers: limits, revocations, pseudonyms. */
  | 'support'
  /** Who deployed. */
  | 'operator';

/** A command's work; what it leased ends with it. `portcullis doctor` calls one of ten minutes too short for a deploy. */
export const VAULT_TOKEN_LIFE = '900s';

/** The ways that the socket answers. */
export const PATHS = {
  description: '/',
  client: (clientId: string): string => `/clients/${encodeURIComponent(clientId)}`,
  vaultToken: (person: Person): string => `/vault-tokens/${person}`,
  stackVariables: '/stack-variables',
} as const;

/** What the socket gives besides. */
export interface SandboxSecrets {
  client(clientId: string): Promise<Client | undefined>;
  vaultToken(person: Person): Promise<string>;
  /** With what its stacks were deployed, as environment variables: they can be planned again. @default they cannot */
  stackVariables?(): Promise<Readonly<Record<string, string>>>;
}

/** The socket's folder and name in a run's folder, which is one of `RUN_PREFIX` in the folder of temporary files. */
export const OFFER = { folder: 'offer', name: 'socket' } as const;
