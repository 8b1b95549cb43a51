import { isHeaderToken, isHttpsOrLoopback, shownAddress } from '@portcullis/runtime/policy';
import { PortcullisError, messageOf } from '../errors';
import { plain } from '../terminal/text';

/** Where Keycloak is, and the client of its realm `master` that may change it. */
export interface KeycloakAccess {
  /** With its path, if it has one; without a slash at its end. */
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** `ERR_KEYCLOAK_REFUSED`: an answer other than 2xx. The message is the server's own; it holds no secret. */
export class KeycloakError extends PortcullisError {
  override readonly name = 'KeycloakError';

  constructor(
    readonly status: number,
    request: string,
    said: string,
  ) {
    super(
      'ERR_KEYCLOAK_REFUSED',
      `Keycloak answered ${status} on ${plain(request, 500)}: ${plain(said, 500) || 'no message'}`,
      status === 401 || status === 403
        ? 'name a client of the realm master, with its secret, whose service account has the role admin'
        : "mend what it says, or look into the server's log",
    );
  }
}

const TIMEOUT_MS = 30_000;
const PAGE = 100;

/** The calls to Keycloak's admin API that the command makes. https://www.keycloak.org/docs-api/26.4.0/rest-api/ */
export class KeycloakAdmin {
  private token: string | undefined;

  /** @throws PortcullisError `ERR_SETTING` for an address to which the secret would go in the clear. */
  constructor(private readonly access: KeycloakAccess) {
    if (isHttpsOrLoopback(access.url)) return;
    throw new PortcullisError(
      'ERR_SETTING',
      `Keycloak at ${shownAddress(access.url)} would get its administrator's secret in the clear`,
      'name it with https',
    );
  }

  /** The answer; undefined where there is nothing of that name. */
  async find<T>(path: string): Promise<T | undefined> {
    try {
      return await this.read<T>(path);
    } catch (error) {
      if (error instanceof KeycloakError && error.status === 404) return undefined;
      throw error;
    }
  }

  async read<T>(path: string): Promise<T> {
    return JSON.parse((await this.send('GET', path)).text) as T;
  }

  /** Every item of a list that comes in pages. */
  async readAll<T>(path: string): Promise<readonly T[]> {
    const items: T[] = [];
    for (;;) {
      const page = await this.read<T[]>(`${path}?first=${items.length}&max=${PAGE}`);
      items.push(...page);
      if (page.length < PAGE) return items;
    }
  }

  /** @returns the ID of what was made, where it has one. */
  async create(path: string, body: unknown): Promise<string> {
    const { location } = await this.send('POST', path, body);
    return decodeURIComponent(location.slice(location.lastIndexOf('/') + 1));
  }

  /** What a POST answers that makes nothing new. */
  async renew<T>(path: string): Promise<T> {
    return JSON.parse((await this.send('POST', path)).text) as T;
  }

  async replace(path: string, body?: unknown): Promise<void> {
    await this.send('PUT', path, body);
  }

  async remove(path: string): Promise<void> {
    await this.send('DELETE', path);
  }

  /** A token lives for a minute, and says nothing of realms that are younger than it: both are mended by another. */
  private async send(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ text: string; location: string }> {
    const isNew = this.token === undefined;
    this.token ??= await this.signIn();
    const answer = await this.fetch(`admin/realms${path}`, {
      method,
      headers: { Authorization: `Bearer ${this.token}`, 'Content-Type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (answer.ok) return { text, location: answer.headers.get('location') ?? '' };
    if (!isNew && (answer.status === 401 || answer.status === 403)) {
      this.token = undefined;
      return this.send(method, path, body);
    }
    throw new KeycloakError(answer.status, `${method} ${path}`, messageIn(text));
  }

  private async signIn(): Promise<string> {
    const { clientId, clientSecret } = this.access;
    const answer = await this.fetch('realms/master/protocol/openid-connect/token', {
      method: 'POST',
      body: new URLSearchParams({
        ...{ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret },
      }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new KeycloakError(answer.status, 'the login of its administrator', messageIn(text));
    const { access_token: token } = objectIn(text);
    if (typeof token === 'string' && isHeaderToken(token)) return token;
    throw new KeycloakError(answer.status, 'the login of its administrator', 'no token');
  }

  private async fetch(path: string, init: RequestInit): Promise<Response> {
    try {
      // A redirect could take the secret elsewhere.
      const options = { ...init, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) } as const;
      return await fetch(`${this.access.url}/${path}`, options);
    } catch (cause) {
      throw new PortcullisError(
        'ERR_UNREACHABLE',
        `Keycloak at ${shownAddress(this.access.url)} did not answer: ${messageOf(cause)}`,
        'start it, or mend the address',
        { cause },
      );
    }
  }
}

function messageIn(text: string): string {
  const { errorMessage, error_description: description, error } = objectIn(text);
  const said = [errorMessage, description, error].find((one) => typeof one === 'string');
  return typeof said === 'string' ? said : '';
}

function objectIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
