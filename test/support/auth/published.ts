import type { JWK } from 'jose';
import type { FetchJson } from '../../../runtime/src/auth/keys/fetch-json';
import type { TestKey } from './issuer';

/** What an issuer publishes, without a network between: documents by address, and a count of the fetches. */
export interface Published {
  readonly fetchJson: FetchJson;
  /** The JWK set from now on. */
  publish(...keys: readonly (TestKey | JWK)[]): void;
  /** Every fetch fails until it is up again. */
  goDown(): void;
  comeUp(): void;
  /** Fetches of the JWK set that were begun. */
  fetches(): number;
}

export function published(issuer: string): Published {
  let keys: readonly JWK[] = [];
  let up = true;
  let fetches = 0;
  return {
    fetchJson: (url) => {
      if (url === `${issuer}/jwks`) fetches += 1;
      if (!up) return Promise.reject(new Error('the issuer does not answer'));
      return Promise.resolve(
        url === `${issuer}/jwks` ? structuredClone({ keys }) : { issuer, jwks_uri: `${issuer}/jwks` },
      );
    },
    publish: (...entries) => {
      keys = entries.map((entry) => ('publicJwk' in entry ? entry.publicJwk : entry));
    },
    goDown: () => (up = false),
    comeUp: () => (up = true),
    fetches: () => fetches,
  };
}
