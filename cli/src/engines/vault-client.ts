import { isHeaderToken, isLoopback } from '@portcullis/runtime/policy';
import { messageOf, PortcullisError } from '../errors';

/** `ERR_VAULT_REFUSED`: an answer other than 2xx. The messages are the server's own; they hold no secret. */
export class VaultError extends PortcullisError {
  override readonly name = 'VaultError';

  constructor(
    readonly status: number,
    readonly path: string,
    readonly errors: readonly string[],
  ) {
    super(
      'ERR_VAULT_REFUSED',
      `Vault answered ${status} on ${path}: ${errors.join('; ') || 'no message'}`,
      status === 403 ? 'use a token whose policy allows it' : "look into the server's log",
    );
  }
}

/** What `GET /v1/sys/health` says, by its status code. */
export type Health = 'active' | 'sealed' | 'uninitialized' | 'other';

/** The few calls to Vault that the command makes. The service itself uses the runtime's client. */
export class VaultClient {
  /**
   * @param address with the path that Vault is below, if there is one.
   * @throws PortcullisError `ERR_SETTING` for a token or a namespace that no header can hold: fetch() would quote it.
   */
  constructor(
    readonly address: string,
    private readonly token?: string,
    private readonly namespace?: string,
  ) {
    for (const [what, value] of [
      ['token', token],
      ['namespace', namespace],
    ] as const) {
      if (!value || isHeaderToken(value)) continue;
      throw new PortcullisError(
        'ERR_SETTING',
        `the ${what} for Vault holds a line break or another character that no ${what} has`,
        'set it to the value alone',
      );
    }
  }

  /** The `data`, `auth` and `wrap_info` of an answer, or the whole of it where the path has none. */
  async read<T = VaultAnswer>(path: string): Promise<T> {
    return (await this.send('GET', path)) as T;
  }

  async write<T = VaultAnswer>(
    path: string,
    body: Record<string, unknown> = {},
    headers: Record<string, string> = {},
  ): Promise<T> {
    return (await this.send('PUT', path, body, headers)) as T;
  }

  async remove(path: string): Promise<void> {
    await this.send('DELETE', path);
  }

  /** The names below a path, as `data.keys`. */
  async list(path: string): Promise<VaultAnswer> {
    return (await this.send('LIST', path)) as VaultAnswer;
  }

  /**
   * The names below a path; none where nothing is.
   *
   * @throws PortcullisError `ERR_VAULT_REFUSED` for an answer that holds no names: no name would be a wrong one.
   */
  async names(path: string): Promise<string[]> {
    try {
      const keys = (await this.list(path)).data?.keys;
      if (Array.isArray(keys) && keys.every((key): key is string => typeof key === 'string')) return keys;
    } catch (error) {
      if (error instanceof VaultError && error.status === 404) return [];
      throw error;
    }
    throw new PortcullisError(
      'ERR_VAULT_REFUSED',
      `what is asked for the names below ${path} answers without any`,
      'see that VAULT_ADDR is the Vault itself',
    );
  }

  /** Changes what `body` names and keeps the rest (RFC 7396). */
  async patch<T = VaultAnswer>(path: string, body: Record<string, unknown>): Promise<T> {
    return (await this.send('PATCH', path, body, { 'Content-Type': 'application/merge-patch+json' })) as T;
  }

  /** @throws when nothing answers */
  async health(): Promise<Health> {
    const { status } = await fetch(`${this.address}/v1/sys/health`, { signal: AbortSignal.timeout(5_000) });
    const known: Record<number, Health> = { 200: 'active', 501: 'uninitialized', 503: 'sealed' };
    return known[status] ?? 'other';
  }

  private async send(
    method: string,
    path: string,
    body?: Record<string, unknown>,
    headers: Record<string, string> = {},
  ): Promise<unknown> {
    const response = await ask(`${this.address}/v1/${path}`, {
      method,
      headers: {
        ...(this.token === undefined ? {} : { 'X-Vault-Token': this.token }),
        ...(this.namespace ? { 'X-Vault-Namespace': this.namespace } : {}),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    const answer = text === '' ? {} : parse(text);
    if (!response.ok) throw new VaultError(response.status, path, messagesOf(answer));
    return answer;
  }
}

/**
 * Follows a standby to the active node (307), and nobody else: `fetch()` would take the token along wherever it is sent,
 * because it knows no credential of that name.
 *
 * @throws PortcullisError `ERR_UNREACHABLE` where nothing answers, or something else in Vault's place
 */
async function ask(url: string, init: RequestInit): Promise<Response> {
  const first = await fetchOnce(url, init);
  if (!isRedirect(first)) return first;
  const location = first.headers.get('location') ?? '';
  const target = location !== '' && URL.canParse(location, url) ? new URL(location, url) : undefined;
  if (target && [307, 308].includes(first.status) && isAsSafe(target, new URL(url))) {
    const followed = await fetchOnce(target, init);
    if (!isRedirect(followed)) return followed;
  }
  throw new PortcullisError(
    'ERR_UNREACHABLE',
    `what answers at Vault's address sends elsewhere (${first.status}${target ? `, to ${target.origin}` : ''})`,
    'nothing was sent there: name the server itself in VAULT_ADDR',
  );
}

async function fetchOnce(url: string | URL, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...init, redirect: 'manual' });
  } catch (cause) {
    const problem = `Vault did not answer: ${messageOf(cause)}`;
    throw new PortcullisError('ERR_UNREACHABLE', problem, 'start it, or mend its address', { cause });
  }
}

const isRedirect = ({ status }: Response): boolean => status >= 300 && status < 400;

/** What leaves this machine does so by TLS. */
const isAsSafe = (target: URL, from: URL): boolean =>
  target.protocol === 'https:' || (from.protocol === 'http:' && isLoopback(target.hostname));

/** The envelope of Vault's answers. */
export interface VaultAnswer {
  readonly data?: Record<string, unknown>;
  readonly auth?: { readonly client_token: string; readonly accessor: string };
  readonly wrap_info?: { readonly token: string; readonly creation_path: string };
  readonly lease_id?: string;
  readonly errors?: readonly string[];
}

function parse(text: string): VaultAnswer {
  try {
    const answer: unknown = JSON.parse(text);
    if (typeof answer === 'object' && answer !== null) return answer;
    return { errors: ['not a JSON object'] };
  } catch {
    // Not with the parser's message, which quotes the answer.
    return { errors: ['not JSON'] };
  }
}

/** Whatever answers may be no Vault. */
function messagesOf({ errors }: VaultAnswer): readonly string[] {
  return Array.isArray(errors) ? errors.map(String) : [];
}
