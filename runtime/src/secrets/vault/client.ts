import { Agent, request } from 'undici';
import { SecretsError } from '../errors';
import type { Secret } from '../secret';
import { readAnswer, type Answer, type VaultBody } from './answer';

export interface VaultRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Under `/v1/`, as in `secret/data/fintech-api/config`. Each segment must be encoded already. */
  readonly path: string;
  readonly token?: Secret;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly signal?: AbortSignal;
  /** Works once only, as unwrapping does: never sent again when the first try may have arrived. */
  readonly once?: boolean;
}

export interface VaultClientOptions {
  readonly addresses: readonly URL[];
  readonly namespace?: string;
  /** PEM of the authorities to trust instead of the system's. */
  readonly ca?: string;
  /** Milliseconds one server may take for one request. */
  readonly timeoutMs: number;
}

/**
 * The HTTP API of Vault and OpenBao, over all servers of one cluster. It starts with the server that
 * answered last; a server that cannot be reached, is sealed or fails hands over to the next.
 */
export class VaultClient {
  readonly #agent: Agent;
  #preferred = 0;

  constructor(private readonly options: VaultClientOptions) {
    this.#agent = new Agent({
      connect: { timeout: options.timeoutMs, ...(options.ca !== undefined && { ca: options.ca }) },
      headersTimeout: options.timeoutMs,
      bodyTimeout: options.timeoutMs,
    });
  }

  /**
   * Sends one request; the answer is whatever the best server said.
   *
   * @throws SecretsError `ERR_VAULT_UNREACHABLE` when no server answered.
   */
  async send(message: VaultRequest): Promise<Answer> {
    const { addresses } = this.options;
    let last: Answer | undefined;
    let cause: unknown;
    for (const address of [...addresses.slice(this.#preferred), ...addresses.slice(0, this.#preferred)]) {
      try {
        const answer = await this.#sendTo(address, message);
        if (answer.kind !== 'sealed' && answer.kind !== 'failed') {
          this.#preferred = addresses.indexOf(address);
          return answer;
        }
        last = answer;
      } catch (error) {
        if (message.signal?.aborted) throw error;
        cause = error;
        if (message.once && !wasNeverSent(error)) break;
      }
    }
    if (last !== undefined) return last;
    const hosts = addresses.map(({ host }) => host).join(', ');
    throw new SecretsError(
      'ERR_VAULT_UNREACHABLE',
      `Vault cannot be reached at ${hosts} (${reasonOf(cause)})`,
      { cause },
    );
  }

  close(): Promise<void> {
    return this.#agent.close();
  }

  async #sendTo(address: URL, message: VaultRequest): Promise<Answer> {
    const answer = await this.#once(new URL(`/v1/${message.path}`, address), message);
    if (answer.kind !== 'redirected') return answer;
    const target = new URL(answer.location, address);
    // The token follows a standby to its leader only over a channel at least as safe as the one we were given.
    if (address.protocol === 'https:' && target.protocol !== 'https:') {
      throw new SecretsError(
        'ERR_VAULT_ADDRESS_INSECURE',
        `${address.host} redirects to plain HTTP; not followed`,
      );
    }
    const followed = await this.#once(target, message);
    if (followed.kind === 'redirected') throw new Error(`${address.host} redirects twice`);
    return followed;
  }

  async #once(url: URL, { method, token, body, signal }: VaultRequest): Promise<Answer> {
    const {
      statusCode,
      headers,
      body: stream,
    } = await request(url, {
      dispatcher: this.#agent,
      method,
      headers: {
        'x-vault-request': 'true',
        ...(token && { 'x-vault-token': token.reveal() }),
        ...(this.options.namespace !== undefined && { 'x-vault-namespace': this.options.namespace }),
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    });
    return readAnswer(statusCode, headers, await stream.text(), Date.now());
  }
}

/** Whether the connection itself failed: then the server has not seen the request. */
function wasNeverSent(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return ['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'].includes(
    code,
  );
}

function reasonOf(error: unknown): string {
  if (error instanceof Error) return 'code' in error ? String(error.code) : error.message;
  return 'no answer';
}

export type { Answer, VaultBody };
