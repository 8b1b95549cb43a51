import { setTimeout as pause } from 'node:timers/promises';

interface Answered {
  /** When it was asked, as `performance.now()` has it. */
  readonly at: number;
  /** 0 where no answer came. */
  readonly status: number;
}

/** Requests that go on until they are told to end: few at once, at a pace far below the client's limit. */
export class Load {
  private readonly answers: Answered[] = [];
  private readonly workers: Promise<void>[];
  private ending = false;

  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {
    this.workers = Array.from({ length: 4 }, () => this.work());
  }

  /** The statuses of what was asked since then. @default of all */
  statuses(since = 0): readonly number[] {
    return this.answers.filter(({ at }) => at >= since).map(({ status }) => status);
  }

  async end(): Promise<void> {
    this.ending = true;
    await Promise.all(this.workers);
  }

  private async work(): Promise<void> {
    while (!this.ending) {
      const at = performance.now();
      this.answers.push({ at, status: await this.ask() });
      await pause(25);
    }
  }

  private async ask(): Promise<number> {
    try {
      const headers = { authorization: `Bearer ${this.token}` };
      const response = await fetch(this.url, { headers, signal: AbortSignal.timeout(10_000) });
      await response.arrayBuffer();
      return response.status;
    } catch {
      return 0;
    }
  }
}
