/** Signs a person in and out at the local provider, as a browser and a web app do it together (RFC 6749 §4.1, RFC 7636). */
import { createHash, randomBytes } from 'node:crypto';

export interface BrowserSettings {
  readonly issuer: string;
  readonly audience: string;
  readonly scope: string;
  /** Who is chosen on the provider's page. */
  readonly person: string;
  readonly client: { readonly clientId: string; readonly clientSecret: string; readonly redirectUri: string };
}

export interface Session {
  readonly accessToken: string;
  readonly idToken: string;
}

export class Browser {
  readonly #settings: BrowserSettings;
  #cookies: { readonly name: string; readonly value: string; readonly path: string }[] = [];

  constructor(settings: BrowserSettings) {
    this.#settings = settings;
  }

  async signIn(): Promise<Session> {
    const { issuer, audience, scope, person, client } = this.#settings;
    const verifier = randomBytes(32).toString('base64url');
    const authorization = new URLSearchParams({
      ...{ client_id: client.clientId, redirect_uri: client.redirectUri, response_type: 'code' },
      ...{ scope, resource: audience, state: 'state', code_challenge_method: 'S256' },
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    });
    let at = await this.#redirected(`${issuer}/auth?${authorization.toString()}`);
    if (at.includes('/interaction/')) at = await this.#redirected(at, { person });
    while (!at.startsWith(client.redirectUri)) at = await this.#redirected(at);
    const response = await fetch(`${issuer}/token`, {
      method: 'POST',
      headers: {
        Authorization: `Basic ${btoa(`${client.clientId}:${encodeURIComponent(client.clientSecret)}`)}`,
      },
      body: new URLSearchParams({
        ...{ grant_type: 'authorization_code', code: new URL(at).searchParams.get('code') ?? '' },
        ...{ redirect_uri: client.redirectUri, code_verifier: verifier, resource: audience },
      }),
    });
    const tokens = (await response.json()) as { access_token?: string; id_token?: string };
    if (!tokens.access_token || !tokens.id_token) throw new Error(`no tokens: ${JSON.stringify(tokens)}`);
    return { accessToken: tokens.access_token, idToken: tokens.id_token };
  }

  /** RP-initiated logout, confirmed. The provider tells the app before it answers. */
  async signOut({ idToken }: Session): Promise<void> {
    const { issuer } = this.#settings;
    const page = await this.#send(`${issuer}/session/end?id_token_hint=${idToken}`);
    const form = await page.text();
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(form)?.[1];
    if (xsrf === undefined) throw new Error(`no form to sign out with: ${form}`);
    await this.#redirected(`${issuer}/session/end/confirm`, { xsrf, logout: 'yes' });
  }

  /** Where the answer leads to. */
  async #redirected(url: string, form?: Record<string, string>): Promise<string> {
    const response = await this.#send(url, form);
    const location = response.headers.get('location');
    if (location === null) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
    return new URL(location, url).href;
  }

  async #send(url: string, form?: Record<string, string>): Promise<Response> {
    const { pathname } = new URL(url);
    const fitting = this.#cookies.filter(({ path }) => pathname.startsWith(path));
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { Cookie: fitting.map(({ name, value }) => `${name}=${value}`).join('; ') },
      ...(form && { method: 'POST', body: new URLSearchParams(form) }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = '', path = ''] = /^([^=]+)=([^;]*); path=([^;]*)/.exec(line) ?? [];
      this.#cookies = this.#cookies.filter((cookie) => cookie.name !== name || cookie.path !== path);
      if (value !== '') this.#cookies.push({ name, value, path });
    }
    return response;
  }
}
