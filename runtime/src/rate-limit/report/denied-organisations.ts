/** Organisations counted between two reports. Denials of any further ones are counted together. */
const MOST = 200;
/** A longer name is counted with the others: a token can hold one of any length. */
const LONGEST_NAME = 256;

/** How often organisations were denied since the last report: as the script takes it. */
export interface DenialCounts {
  /** By issuer and organisation, with a space between them: no URL holds one. */
  readonly by: Readonly<Record<string, number>>;
  readonly others: number;
}

/** Counts denials by organisation, in memory of bounded size. Calls that are admitted never come here. */
export class DeniedOrganisations {
  readonly #counts = new Map<string, number>();
  #others = 0;

  note(issuer: string, organisation: string): void {
    // As Redis' JSON can hold it: half a surrogate pair becomes U+FFFD.
    const name = Buffer.from(`${issuer} ${organisation}`).toString();
    const count = this.#counts.get(name) ?? 0;
    if (organisation.length > LONGEST_NAME || (count === 0 && this.#counts.size >= MOST)) this.#others += 1;
    else this.#counts.set(name, count + 1);
  }

  get isEmpty(): boolean {
    return this.#counts.size === 0 && this.#others === 0;
  }

  /** What was counted since the last time. */
  take(): DenialCounts {
    const counts = { by: Object.fromEntries(this.#counts), others: this.#others };
    this.#counts.clear();
    this.#others = 0;
    return counts;
  }

  /** Counts again what could not be told. */
  putBack({ by, others }: DenialCounts): void {
    this.#others += others;
    for (const [name, count] of Object.entries(by)) {
      if (this.#counts.has(name) || this.#counts.size < MOST)
        this.#counts.set(name, (this.#counts.get(name) ?? 0) + count);
      else this.#others += count;
    }
  }
}
