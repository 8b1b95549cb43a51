import type { SecretsError } from '../errors';

/** Lets callers wait for what becomes of a lease: a credential that serves, or a failure that waiting does not mend. */
export class Outcomes {
  #waiting: ((error?: SecretsError) => void)[] = [];

  /** Resolves when the next credential serves. @throws SecretsError */
  next(): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      this.#waiting.push((error) => (error ? reject(error) : resolve()));
    });
  }

  /** Tells all who wait: a credential serves, or this error has come of it. */
  tell(error?: SecretsError): void {
    for (const wake of this.#waiting.splice(0)) wake(error);
  }
}
