import * as http from 'node:http';
import * as https from 'node:https';
import { exchange } from '../../exchange';
import { baseOf } from '../../policy/address';
import { isLoopback } from '../../policy/loopback';
import { systemClock } from '../../time/clock';
import { SecretsError } from '../errors';
import type { Secret } from '../secret';
import { readAnswer, type Answer } from './answer';

export interface VaultRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Under `/v1/`, as in `secret/data/fintech-api/config`. Each segment must be encoded already. */
  readonly path: string;
  readonly token?: Secret;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly signal?: AbortSignal;
  /** Works once only, as unwrapping does: never sent again when the first try may have arrived. */
  readonly once?: boolean;
  /**
   * A standby may refuse what was made a moment ago, because it has not heard of it: then another server is asked.
   * Only for what a refusal does not use up.
   */
  readonly maybeNew?: boolean;
}

/** Whatever brings a request to Vault and an answer back. */
export interface VaultTransport {
  /** @throws SecretsError `ERR_VAULT_UNREACHABLE`, `ERR_VAULT_CERTIFICATE`, `ERR_VAULT_ADDRESS_INSECURE` */
  send(message: VaultRequest): Promise<Answer>;
}

export interface VaultClientOptions {
  readonly addresses: readonly URL[];
  readonly namespace?: string;
  /** PEM of the authorities to trust instead of the system's. */
  readonly ca?: string;
}

/** How long one server may take for one request, from connecting to the last byte of its answer. */
const REQUEST_MS = 10_000;
/** Vault's own bound of a request. https://developer.hashicorp.com/vault/docs/configuration/listener/tcp */
const LARGEST_ANSWER = 32 * 1_024 * 1_024;

/**
 * The HTTP API of Vault and OpenBao, over all servers of one cluster. It starts with the server that
 * answered last; a server that cannot be reached, is sealed or has no leader hands over to the next. A 500 is
 * the answer of an engine, which no other server would change: asked again there, it could lease twice.
 */
export class VaultClient implements VaultTransport {
  readonly #plain = new http.Agent(KEPT);
  readonly #safe = new https.Agent(KEPT);
  #preferred = 0;

  constructor(private readonly options: VaultClientOptions) {}

  /** Sends one request. The answer is that of the first server whose answer no other server would change. */
  async send(message: VaultRequest): Promise<Answer> {
    const { addresses } = this.options;
    let last: Answer | undefined;
    let cause: unknown;
    for (const address of [...addresses.slice(this.#preferred), ...addresses.slice(0, this.#preferred)]) {
      try {
        const answer = await this.#sendTo(address, message);
        if (!mayDifferElsewhere(answer, message)) {
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
    throw unreachable(addresses.map(({ host }) => host).join(', '), cause);
  }

  /** Ends every connection, at once. */
  close(): void {
    this.#plain.destroy();
    this.#safe.destroy();
  }

  async #sendTo(address: URL, message: VaultRequest): Promise<Answer> {
    const answer = await this.#once(new URL(`${baseOf(address)}/v1/${message.path}`), message);
    if (answer.kind !== 'redirected') return answer;
    if (!URL.canParse(answer.location, address.href)) return { ...answer, kind: 'moved' };
    const target = new URL(answer.location, address);
    if (!isAsSafe(target, address)) {
      throw new SecretsError(
        'ERR_VAULT_ADDRESS_INSECURE',
        `${address.host} redirects to ${target.origin}, which would send the token in the clear: not followed`,
      );
    }
    const followed = await this.#once(target, message);
    if (followed.kind === 'redirected') throw new Error(`${address.host} redirects twice`);
    return followed;
  }

  async #once(url: URL, { method, token, body, signal }: VaultRequest): Promise<Answer> {
    const { namespace, ca } = this.options;
    const response = await exchange(url, {
      method,
      headers: {
        'x-vault-request': 'true',
        ...(token && { 'x-vault-token': token.reveal() }),
        ...(namespace !== undefined && { 'x-vault-namespace': namespace }),
        ...(body && { 'content-type': 'application/json' }),
      },
      body: body && JSON.stringify(body),
      agent: url.protocol === 'https:' ? this.#safe : this.#plain,
      ...(ca !== undefined && { ca }),
      ...(signal && { signal }),
      ...{ withinMs: REQUEST_MS, largest: LARGEST_ANSWER },
    });
    return readAnswer(response.status, response.headers, response.text, systemClock.wall());
  }
}

/**
 * The token follows a standby to its leader only over a channel at least as safe as the one we were given: what is plain
 * HTTP on loopback leaves this machine by TLS alone.
 */
function isAsSafe(target: URL, address: URL): boolean {
  if (target.protocol === 'https:') return true;
  return address.protocol === 'http:' && (isLoopback(target.hostname) || !isLoopback(address.hostname));
}

/**
 * Idle connections are closed early: a server, or a proxy before it, could close one at the moment when a request is
 * sent on it.
 */
const KEPT = { keepAlive: true, timeout: 4_000 };

function mayDifferElsewhere(answer: Answer, { maybeNew = false }: VaultRequest): boolean {
  if (answer.kind === 'refused') return maybeNew;
  return answer.kind === 'sealed' || (answer.kind === 'failed' && answer.status !== 500);
}

/** Whether no connection could be made: then the server has not seen the request. */
function wasNeverSent(error: unknown): boolean {
  return ['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH', 'CONNECT_TIMEOUT'].includes(
    codeOf(error),
  );
}

/** OpenSSL's and Node's words for a certificate that cannot be trusted: waiting does not mend it. */
const UNTRUSTED = /CERT|UNABLE_TO_VERIFY_LEAF_SIGNATURE/;

function unreachable(hosts: string, cause: unknown): SecretsError {
  if (cause instanceof SecretsError) return cause;
  const reason = codeOf(cause);
  if (UNTRUSTED.test(reason)) {
    return new SecretsError(
      'ERR_VAULT_CERTIFICATE',
      `the certificate of Vault at ${hosts} is not trusted (${reason}): name the authority's file in VAULT_CACERT or { caFile }, and use the host name that the certificate holds`,
      { cause },
    );
  }
  return new SecretsError('ERR_VAULT_UNREACHABLE', `Vault cannot be reached at ${hosts} (${reason})`, {
    cause,
  });
}

/** Not by `instanceof`: under jest, or in another `vm` context, Node's errors are of another realm than ours. */
function codeOf(error: unknown): string {
  const { code, message } = (error ?? {}) as { readonly code?: unknown; readonly message?: string };
  return typeof code === 'string' ? code : (message ?? 'no answer');
}
