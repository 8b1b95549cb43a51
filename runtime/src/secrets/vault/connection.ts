import type { Clock } from '../../time/clock';
import type { SecretsError } from '../errors';
import type { EmitEvent } from '../events';
import type { Loan } from '../lease/revocations';
import type { LoginMethod } from '../login/method';
import { VaultAccess } from './access';
import { VaultClient, type VaultClientOptions } from './client';
import { errorFor } from './failure';
import { loginWithin } from './first-login';
import type { Session } from './session';
import { TokenKeeper } from './token-keeper';

export interface VaultConnectionOptions extends VaultClientOptions {
  readonly login: LoginMethod;
  readonly clock: Clock;
  readonly emit: EmitEvent;
  readonly withoutTokenMs: number;
  readonly onLoginImpossible: (error: SecretsError) => void;
  /** Told after a login that replaced a token: lease anew, then the old token may go. */
  readonly onTokenReplaced: (old: Session) => void;
  /** Told when the token's next step is due at another moment than before. */
  readonly onPlanChanged: () => void;
}

/** Vault, as one service uses it: the servers, the token that is kept valid, and the requests under it. */
export class VaultConnection {
  readonly access: VaultAccess;
  /** Keeps the token valid: a task of the scheduler. */
  readonly keeper: TokenKeeper;
  readonly #client: VaultClient;
  readonly #abort = new AbortController();

  constructor(private readonly options: VaultConnectionOptions) {
    this.#client = new VaultClient(options);
    this.keeper = new TokenKeeper({
      ...options,
      vault: this.#client,
      method: options.login,
      signal: this.#abort.signal,
      onReplaced: options.onTokenReplaced,
      onChange: options.onPlanChanged,
    });
    this.access = new VaultAccess(this.#client, this.keeper, this.#abort.signal);
  }

  /** The login of a start. @throws SecretsError of the last attempt within the bound */
  async logIn(boundMs: number): Promise<void> {
    await loginWithin(boundMs, this.keeper, this.options.clock);
  }

  /** The token of that session, to be given back when nothing leased under it is needed any more. */
  tokenOf(session: Session): Loan {
    const { token } = session;
    return {
      giveBack: async () => {
        const answer = await this.#client.send({ method: 'POST', path: 'auth/token/revoke-self', token });
        // A token that Vault does not know is gone already.
        if (answer.kind !== 'ok' && answer.kind !== 'denied') throw errorFor(answer, 'revocation of a token');
      },
      endsAt: () => session.deadline,
    };
  }

  /** Cancels all that is being asked for. Should Vault lease it all the same, it ends with the token. */
  abort(): void {
    this.#abort.abort();
  }

  /** Ends every connection, at once. */
  close(): void {
    this.#client.close();
  }
}
