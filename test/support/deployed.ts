import { readFileSync } from 'node:fs';

/** Names the file that holds a {@link Deployed}; set by the global setup, inherited by the workers. */
export const DEPLOYED_FILE = 'PORTCULLIS_TEST_DEPLOYED';

/** The one environment that all integration tests share: every stack of `local` is deployed, no API runs. */
export interface Deployed {
  readonly vault: { readonly address: string; readonly rootToken: string };
  readonly postgres: {
    readonly host: string;
    readonly port: number;
    /** Superuser, maintenance database. */
    readonly adminUrl: string;
    /** Superuser, the example's database. */
    readonly databaseUrl: string;
  };
  readonly redis: { readonly host: string; readonly port: number; readonly adminUrl: string };
  /** Vault's own user in both. */
  readonly vaultUser: string;
  readonly issuer: string;
}

/** The shared environment. A test that stops or seals a server starts one of its own: see engines.ts. */
export function deployed(): Deployed {
  const file = process.env[DEPLOYED_FILE];
  if (file === undefined)
    throw new Error('no environment is deployed: run with --selectProjects integration');
  return JSON.parse(readFileSync(file, 'utf8')) as Deployed;
}
