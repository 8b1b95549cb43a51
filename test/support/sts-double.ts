import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { createHash, createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A request as STS receives it. */
export interface SignedRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Whether AWS' STS, of which there is none here, would recognize the signature: worked out from
 * AWS' description of Signature Version 4 alone, with nothing of the library that signed.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function isSignedWith(
  secretAccessKey: string,
  { method, url, headers, body }: SignedRequest,
): boolean {
  const match =
    /^AWS4-HMAC-SHA256 Credential=[^/]+\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
      headers.authorization ?? '',
    );
  if (match === null) return false;
  const [, day = '', region = '', service = '', signed = '', signature] = match;
  const canonical = [
    method,
    url.pathname,
    url.search.slice(1),
    ...signed.split(';').map((name) => `${name}:${headers[name]?.trim() ?? ''}`),
    '',
    signed,
    sha256(body),
  ].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha256(canonical)].join('\n');
  const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
  return hmac(key, toSign).toString('hex') === signature;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** Whose signature STS knows, and as whom. */
export interface StsAccount {
  readonly secretAccessKey: string;
  readonly roleArn: string;
  /** What the account or the role lacks. @default nothing */
  refusal?: 'AccessDenied' | 'OutboundWebIdentityFederationDisabledException' | undefined;
  /** Issuer of its tokens, where something in front of it answers under that name. @default its own address */
  readonly issuer?: string;
}

export interface StsDouble {
  /** Where it is asked, and unless the account says otherwise the issuer of its tokens. */
  readonly url: string;
  /** What it was asked, the last one last. */
  readonly asked: URLSearchParams[];
  close(): Promise<void>;
}

/**
 * Gives tokens as AWS' STS gives them to roles: signed by ES384, with the claims and for the life that AWS documents.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_outbound_token_claims.html
 */
export async function startSts(account: StsAccount): Promise<StsDouble> {
  const { publicKey, privateKey } = await generateKeyPair('ES384');
  const key = { ...(await exportJWK(publicKey)), kid: 'sts', alg: 'ES384', use: 'sig' };
  const asked: URLSearchParams[] = [];
  const server = createServer((request, response) => {
    const { method = '', headers } = request;
    if (method !== 'POST') {
      const found =
        request.url === '/.well-known/jwks.json'
          ? { keys: [key] }
          : { issuer, jwks_uri: `${issuer}/.well-known/jwks.json` };
      return void response.setHeader('Content-Type', 'application/json').end(JSON.stringify(found));
    }
    void text(request).then(async (body) => {
      const signed = { method, url: new URL('/', url), headers: headers as Record<string, string>, body };
      const form = new URLSearchParams(body);
      asked.push(form);
      const isKnown = isSignedWith(account.secretAccessKey, signed);
      const refusal = isKnown ? account.refusal : 'SignatureDoesNotMatch';
      response.setHeader('Content-Type', 'text/xml').statusCode = refusal === undefined ? 200 : 403;
      response.end(refusal === undefined ? answer(await tokenFor(form)) : refused(refusal));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { issuer = url } = account;

  const tokenFor = (form: URLSearchParams): Promise<string> =>
    new SignJWT({
      'https://sts.amazonaws.com/': {
        aws_account: account.roleArn.split(':')[4],
        source_region: 'eu-central-1',
        principal_id: account.roleArn,
      },
    })
      .setProtectedHeader({ alg: form.get('SigningAlgorithm') ?? '', kid: key.kid, typ: 'JWT' })
      .setIssuer(issuer)
      .setAudience(form.get('Audience.member.1') ?? '')
      .setSubject(account.roleArn)
      .setIssuedAt()
      .setExpirationTime(`${form.get('DurationSeconds')}s`)
      .setJti(createHash('sha256').update(String(asked.length)).digest('hex'))
      .sign(privateKey);

  return {
    url,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

const answer = (token: string): string =>
  `<GetWebIdentityTokenResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <GetWebIdentityTokenResult>
    <WebIdentityToken>${token}</WebIdentityToken>
    <Expiration>2026-01-01T00:01:00Z</Expiration>
  </GetWebIdentityTokenResult>
</GetWebIdentityTokenResponse>`;

const refused = (code: string): string =>
  `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code></Error></ErrorResponse>`;
