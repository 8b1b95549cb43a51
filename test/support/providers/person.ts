/** What a form sends. */
interface Sent {
  readonly method?: string;
  readonly body?: URLSearchParams;
}

/** A person with a browser that runs no scripts: it keeps cookies, follows redirects and fills in forms. */
export class Person {
  readonly #cookies = new Map<string, Map<string, string>>();

  /** Follows redirects as far as they lead. */
  async visit(url: string, init: Sent = {}): Promise<{ url: string; status: number; text: string }> {
    for (let here = url, asked = init, hops = 0; hops < 20; hops += 1) {
      const answer = await this.#ask(here, asked);
      const location = answer.headers.get('location');
      if (location === null) return { url: here, status: answer.status, text: await answer.text() };
      here = new URL(location, here).href;
      asked = {};
    }
    throw new Error('it leads from one page to the next for ever');
  }

  /** Submits a form without fields. @returns where that leads, without going there. */
  async send(url: string): Promise<string> {
    const answer = await this.#ask(url, { method: 'POST', body: new URLSearchParams() });
    return new URL(answer.headers.get('location') ?? '', url).href;
  }

  async #ask(url: string, init: Sent): Promise<Response> {
    const { host } = new URL(url);
    const jar = this.#cookies.get(host) ?? new Map<string, string>();
    this.#cookies.set(host, jar);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { cookie, 'sec-fetch-site': 'same-origin', accept: 'text/html' };
    const answer = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of answer.headers.getSetCookie()) keep(jar, line);
    return answer;
  }

  /** Another browser with the cookies of the first origin, which it sends to the second: a thief's, or a machine's. */
  clone(of: string, to: string): Person {
    const twin = new Person();
    twin.#cookies.set(new URL(to).host, new Map(this.#cookies.get(new URL(of).host)));
    return twin;
  }

  /** Fills in the one form of the page, and sends it. */
  async fillIn(
    page: { url: string; text: string },
    fields: Record<string, string>,
  ): Promise<{ url: string; status: number; text: string }> {
    const action = /<form[^>]*action="([^"]+)"/.exec(page.text)?.[1]?.replaceAll('&amp;', '&');
    if (action === undefined) throw new Error(`no form at ${page.url}: ${page.text}`);
    const body = new URLSearchParams(fields);
    return this.visit(new URL(action, page.url).href, { method: 'POST', body });
  }
}

function keep(jar: Map<string, string>, line: string): void {
  const [pair = ''] = line.split(';');
  const at = pair.indexOf('=');
  if (/;\s*max-age=0/i.test(line) || at === pair.length - 1) jar.delete(pair.slice(0, at));
  else jar.set(pair.slice(0, at), pair.slice(at + 1));
}
