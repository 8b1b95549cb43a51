/** A browser without a screen: keeps cookies for each host, follows nothing by itself. */
export interface Page {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Where it leads, as an absolute address. */
  readonly location: string;
  /** The Set-Cookie lines. */
  readonly cookies: readonly string[];
}

export class Visitor {
  readonly #jars = new Map<string, Map<string, string>>();

  get(url: string, headers: Record<string, string> = {}): Promise<Page> {
    return this.#send(url, { headers });
  }

  /** Submits a form, from a page of the same origin unless the headers say otherwise. */
  post(
    url: string,
    fields: Record<string, string> = {},
    headers: Record<string, string> = {},
  ): Promise<Page> {
    const from = { 'Sec-Fetch-Site': 'same-origin', ...headers };
    return this.#send(url, { method: 'POST', headers: from, body: new URLSearchParams(fields) });
  }

  cookies(url: string): Map<string, string> {
    const { host } = new URL(url);
    const jar = this.#jars.get(host) ?? new Map<string, string>();
    this.#jars.set(host, jar);
    return jar;
  }

  /** Another browser with the same cookies, as a thief's. */
  clone(): Visitor {
    const twin = new Visitor();
    for (const [host, jar] of this.#jars) twin.#jars.set(host, new Map(jar));
    return twin;
  }

  /** Goes on from an address of the provider, as that person, to the one that leads back to the app. */
  async signIn(authorization: string, person: string): Promise<string> {
    const issuer = new URL(authorization).origin;
    let page = await this.get(authorization);
    while (page.location.startsWith(issuer)) {
      const { location } = page;
      page = location.includes('/interaction/')
        ? await this.post(location, { person })
        : await this.get(location);
    }
    if (page.location === '') throw new Error(`the provider answered ${page.status}: ${page.text}`);
    return page.location;
  }

  async #send(url: string, init: RequestInit): Promise<Page> {
    const jar = this.cookies(url);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...(cookie && { cookie }), ...(init.headers as Record<string, string>) };
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    const cookies = response.headers.getSetCookie();
    for (const line of cookies) keep(jar, line);
    const location = response.headers.get('location');
    return {
      status: response.status,
      headers: response.headers,
      text: await response.text(),
      location: location === null ? '' : new URL(location, url).href,
      cookies,
    };
  }
}

function keep(jar: Map<string, string>, line: string): void {
  const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
  const expires = /expires=([^;]+)/i.exec(line)?.[1];
  const isGone = /max-age=0/i.test(line) || (expires !== undefined && Date.parse(expires) < Date.now());
  if (isGone) jar.delete(name);
  else jar.set(name, value);
}
