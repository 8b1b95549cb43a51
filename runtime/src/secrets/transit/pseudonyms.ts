import type { Clock } from '../../time/clock';
import { SecretsError } from '../errors';
import type { EmitEvent } from '../events';
import type { VaultAccess } from '../vault/access';
import { segmentsOf } from '../vault/path';

/** A person, as `req.auth` names them: subjects are unique within their issuer only. */
export interface Named {
  readonly issuer: string;
  readonly subject: string;
}

export interface PseudonymsParts {
  readonly access: Pick<VaultAccess, 'request'>;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly emit: EmitEvent;
  /** Mount and key, as in `pseudonyms/orders`. */
  readonly key: string;
}

/** How many pseudonyms are remembered: those that were used last. */
const REMEMBERED = 10_000;

/** How long Vault is not asked again after it gave no pseudonym, in milliseconds. */
const PAUSE_MS = 10_000;

/** A derived key takes a context. It is one for all people: what differs is the text. `portcullis whois` gives the same. */
const CONTEXT = Buffer.from('subject').toString('base64');

/**
 * Names for people in logs: ciphertexts of Vault's transit engine, always the same for one person, which this process
 * cannot decrypt. It asks Vault when a person is named for the first time, and then remembers.
 */
export interface Pseudonyms {
  /** The pseudonym, if this process knows it already. */
  known(who: Named): string | undefined;
  /** The pseudonym. @throws SecretsError if Vault does not give one. */
  of(who: Named): Promise<string>;
}

export class TransitPseudonyms implements Pseudonyms {
  readonly #path: string;
  readonly #known = new Map<string, string>();
  readonly #asked = new Map<string, Promise<string>>();
  #failure: { readonly error: SecretsError; readonly until: number } | undefined;

  /** @throws SecretsError `ERR_SECRETS_CONFIG` for a key that is none. */
  constructor(private readonly parts: PseudonymsParts) {
    const segments = segmentsOf(parts.key, 'key of pseudonyms', 2, 'pseudonyms/orders');
    this.#path = [...segments.slice(0, -1), 'encrypt', segments.at(-1)].join('/');
  }

  known(who: Named): string | undefined {
    const text = textOf(who);
    const pseudonym = this.#known.get(text);
    if (pseudonym !== undefined) this.#remember(text, pseudonym);
    return pseudonym;
  }

  async of(who: Named): Promise<string> {
    const known = this.known(who);
    if (known !== undefined) return known;
    const text = textOf(who);
    const asked = this.#asked.get(text) ?? this.#ask(text).finally(() => this.#asked.delete(text));
    this.#asked.set(text, asked);
    return asked;
  }

  async #ask(text: string): Promise<string> {
    const { access, clock, emit } = this.parts;
    if (this.#failure && clock.monotonic() < this.#failure.until) throw this.#failure.error;
    try {
      const { body } = await access.request({
        method: 'POST',
        path: this.#path,
        body: { plaintext: Buffer.from(text).toString('base64'), context: CONTEXT },
        subject: 'a pseudonym',
        grantedBy: 'PseudonymKey.grantNaming()',
      });
      const { ciphertext } = body.data ?? {};
      if (typeof ciphertext !== 'string')
        throw new SecretsError('ERR_VAULT_FAILED', `"${this.#path}" is answered without a ciphertext`);
      this.#failure = undefined;
      this.#remember(text, ciphertext);
      return ciphertext;
    } catch (cause) {
      const error =
        cause instanceof SecretsError
          ? cause
          : new SecretsError('ERR_VAULT_FAILED', 'Vault gives no pseudonym', { cause });
      this.#failure = { error, until: clock.monotonic() + PAUSE_MS };
      emit({ type: 'pseudonym_failed', code: error.code, message: error.message });
      throw error;
    }
  }

  /**
   * Puts it at the end of the map, whose order is that of use: the first is forgotten first. Not by `lru-cache`, which the
   * secrets alone would then load at each start (test/unit/runtime/secrets/loading).
   */
  #remember(text: string, pseudonym: string): void {
    this.#known.delete(text);
    this.#known.set(text, pseudonym);
    const [oldest] = this.#known.keys();
    if (this.#known.size > REMEMBERED && oldest !== undefined) this.#known.delete(oldest);
  }
}

/** An issuer is a URL: no space is in it. */
const textOf = ({ issuer, subject }: Named): string => `${issuer} ${subject}`;
