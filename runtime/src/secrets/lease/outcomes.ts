import type { SecretsError } from '../errors';

/** Those who wait for what becomes of a lease: the next credential that serves, or a failure that waiting does not mend. */
export class Outcomes {
  #waiting: ((error?: SecretsError) => void)[] = [];

  /** @throws SecretsError */
  next(): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      this.#waiting.push((error) => (error ? reject(error) : resolve()));
    });
  }

  tell(error?: SecretsError): void {
    for (const wake of this.#waiting.splice(0)) wake(error);
  }
}
