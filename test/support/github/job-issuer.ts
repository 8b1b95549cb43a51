import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a job's token says; the names are GitHub's. */
export type JobClaims = Readonly<Record<string, string>>;

export interface JobIssuer {
  readonly url: string;
  /** A token as GitHub gives it to a job. */
  tokenFor(audience: string, claims: JobClaims): Promise<string>;
  close(): Promise<void>;
}

/**
 * Gives tokens of the shape of GitHub's, which itself is not here: discovery, keys, RS256.
 * https://docs.github.com/en/actions/reference/security/oidc
 */
export async function startJobIssuer(): Promise<JobIssuer> {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const key = { ...(await exportJWK(publicKey)), kid: 'jobs', alg: 'RS256', use: 'sig' };
  const server = createServer((request, response) => {
    response.setHeader('Content-Type', 'application/json');
    response.end(
      JSON.stringify(
        request.url === '/keys'
          ? { keys: [key] }
          : { issuer: url, jwks_uri: `${url}/keys`, id_token_signing_alg_values_supported: ['RS256'] },
      ),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    tokenFor: (audience, claims) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'RS256', kid: key.kid })
        .setIssuer(url)
        .setAudience(audience)
        .setSubject(`repo:${claims.repository ?? ''}`)
        .setIssuedAt()
        .setExpirationTime('5m')
        .sign(privateKey),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
