import { setTimeout as pause } from 'node:timers/promises';

/** The jobs of a queue: each has to be done, and once. */
export class Jobs {
  #asked = 0;
  #done = [];

  /** @param send asks for one job. */
  async ask(send) {
    const job = (this.#asked += 1);
    await send(job);
  }

  do(job) {
    this.#done.push(job);
  }

  /** Waits for all that were asked for. */
  async settle() {
    const distinct = () => new Set(this.#done).size;
    for (let look = 0; look < 600 && distinct() < this.#asked; look += 1) await pause(50);
    return { jobs: this.#asked, lost: this.#asked - distinct(), repeated: this.#done.length - distinct() };
  }
}
