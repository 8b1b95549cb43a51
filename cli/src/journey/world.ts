import type { ClientName } from '../local/clients';

/** What the journey walks through: a served API, the identity provider's tokens, and an administrator's view of the engines. */
export interface World {
  /** Base URL of the API, without a trailing slash. */
  readonly api: string;
  /** An access token by client credentials. `scopes` narrows what is asked for; `[]` asks for none. */
  token(client: ClientName, scopes?: readonly string[]): Promise<string>;
  /** A statement as PostgreSQL's superuser, on a connection of its own for each `withPostgres` call. */
  withPostgres<T>(use: (query: AdminQuery) => Promise<T>): Promise<T>;
  /** A command as Redis' administrator. */
  redis(...command: string[]): Promise<unknown>;
  /** Asks the API's process to rotate every credential now. */
  rotate(): void;
  /** Stops the API in good order and waits until its process has ended. */
  stopApi(): Promise<void>;
  /** Plans every stack once more; resolves with what would change, one line each. */
  pendingChanges(): Promise<readonly string[]>;
}

export type AdminQuery = <Row>(sql: string, values?: unknown[]) => Promise<Row[]>;

export type { ClientName };
