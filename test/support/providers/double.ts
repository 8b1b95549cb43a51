/**
 * A provider's double, at the provider's own addresses: what goes to https is answered here, as the provider's
 * documentation says, and nothing leaves the machine. What goes to loopback is the app's.
 */
export type Parameters = Readonly<Record<string, string>>;

export interface DocumentedProvider {
  readonly issuer: string;
  /** Where it describes itself. @default below its issuer */
  readonly discoveryUrl?: string;
  /** What it publishes: its endpoints, which are where it is asked, and whatever a client looks at. */
  readonly metadata: Readonly<Record<string, unknown>> & {
    readonly authorization_endpoint: string;
    readonly token_endpoint: string;
  };
  /** With what a browser comes back, beside `state`. @default a code */
  readonly authorize?: (asked: Parameters) => Parameters;
  /** The claims of its ID tokens. @param usual as OpenID Connect Core 1.0 §2 has them. @default the usual ones */
  readonly idToken?: (usual: Readonly<Record<string, unknown>>) => object | undefined;
  /** What it answers for tokens. @param usual a success. */
  readonly token?: (sent: Parameters, usual: Readonly<Record<string, unknown>>) => TokenAnswer;
  /** Where a browser stands that asked for a logout. @default where OpenID Connect says */
  readonly logOut?: (asked: Parameters) => string | undefined;
}

export interface TokenAnswer {
  readonly status?: number;
  readonly body: object;
}

/** A request, by the end of its endpoint's name: `authorization`, `token`, `revocation`, `end_session`. */
export interface Asked {
  readonly at: string;
  readonly with: Parameters;
  readonly authorization: string | null;
}

const LIFE_SECONDS = 300;

/** What a provider answers that has nothing of its own to say. */
const USUAL: Required<Pick<DocumentedProvider, 'authorize' | 'idToken' | 'token' | 'logOut'>> = {
  authorize: () => ({ code: 'code' }),
  idToken: (usual) => usual,
  token: (_sent, usual) => ({ body: usual }),
  logOut: ({ post_logout_redirect_uri: back }) => back,
};

export class ProviderDouble {
  readonly asked: Asked[] = [];
  #nonce: string | undefined;

  constructor(
    readonly documented: DocumentedProvider,
    readonly clientId: string,
  ) {}

  /** The last request to that endpoint. */
  last(endpoint: string): Asked | undefined {
    return this.asked.findLast(({ at }) => at === endpoint);
  }

  /** In the place of `fetch`. */
  answering(real: typeof fetch): typeof fetch {
    return async (input, init) => {
      const request = new Request(input, init);
      const url = new URL(request.url);
      if (url.protocol === 'http:') return real(input, init);
      const form = request.method === 'POST' ? await request.text() : url.search;
      return this.#answer(url.origin + url.pathname, new URLSearchParams(form), request.headers);
    };
  }

  #answer(address: string, form: URLSearchParams, headers: Headers): Response {
    const { issuer, metadata, discoveryUrl = wellKnown(issuer) } = this.documented;
    if (address === discoveryUrl) return json({ issuer, ...metadata });
    const name = Object.keys(metadata).find((key) => metadata[key] === address);
    const at = name?.replace(/_endpoint$/, '') ?? address;
    const parameters = Object.fromEntries(form);
    this.asked.push({ at, with: parameters, authorization: headers.get('authorization') });
    switch (at) {
      case 'authorization':
        return this.#authorize(parameters);
      case 'token':
        return this.#token(parameters);
      case 'revocation':
        return new Response(null, { status: 200 });
      case 'end_session':
        return this.#logOut(parameters);
      default:
        return new Response('nothing is documented here', { status: 404 });
    }
  }

  #authorize(asked: Parameters): Response {
    const { authorize = USUAL.authorize } = this.documented;
    this.#nonce = asked.nonce;
    const back = new URL(asked.redirect_uri ?? '');
    back.search = new URLSearchParams({ state: asked.state ?? '', ...authorize(asked) }).toString();
    return leadingTo(back.href);
  }

  #token(sent: Parameters): Response {
    const { issuer, idToken = USUAL.idToken, token = USUAL.token } = this.documented;
    const now = Math.floor(Date.now() / 1_000);
    const isFirst = sent.grant_type === 'authorization_code';
    const claims = idToken({
      ...{ iss: issuer, sub: 'ada', aud: this.clientId, iat: now, exp: now + LIFE_SECONDS },
      ...(isFirst && { nonce: this.#nonce }),
    });
    const usual = {
      ...{ access_token: `access-after-${sent.code ?? sent.refresh_token ?? ''}`, token_type: 'Bearer' },
      ...{ expires_in: LIFE_SECONDS, refresh_token: isFirst ? 'first' : `after-${sent.refresh_token ?? ''}` },
      ...(claims !== undefined && { id_token: signed(claims) }),
    };
    const { status = 200, body } = token(sent, usual);
    return json(body, status);
  }

  #logOut(asked: Parameters): Response {
    const { logOut = USUAL.logOut } = this.documented;
    const back = logOut(asked);
    return back === undefined ? new Response('an error page', { status: 400 }) : leadingTo(back);
  }
}

const wellKnown = (issuer: string): string => `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;

const json = (body: object, status = 200): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });

const leadingTo = (location: string): Response => new Response(null, { status: 302, headers: { location } });

/** Its signature is none: TLS vouches for what comes from the token endpoint. */
const signed = (claims: object): string =>
  [{ alg: 'RS256', kid: 'documented' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .concat('signature')
    .join('.');
