import { gapUnit } from './counter-script';

/** What the counters of a name's calls begin with in Redis. All counters of an outer name are in one hash slot. */
export function stemOf(outer: string, inner?: string): string {
  return inner === undefined ? `portcullis:{${outer}}` : `portcullis:{${outer}}:${inner}`;
}

/**
 * In which windows a call is charged, whoever makes it. One is made for all calls that are held to the same limits, since
 * a script is told each but once.
 */
export class Shape {
  /** As the scripts read it. */
  readonly args: readonly string[];
  /** Whether some of its counters only try a limit. */
  readonly hasShadow: boolean;
  readonly #suffixes: readonly string[];

  constructor(
    /** The length of each counter's window, ms. */
    readonly windowsMs: readonly number[],
    /** Which of the counters are in shadow: they refuse nothing, and are charged while what they count would be admitted. */
    readonly shadow: readonly boolean[] = windowsMs.map(() => false),
  ) {
    this.#suffixes = windowsMs.map((length) => `:${length / 1_000}`);
    this.hasShadow = shadow.includes(true);
    this.args = [
      String(windowsMs.length),
      ...windowsMs.flatMap((length, w) => [
        String(length),
        String(gapUnit(length)),
        shadow[w] === true ? '1' : '0',
      ]),
    ];
  }

  /**
   * The keys of the counters. A key holds a name and a window, not the tier or the limit: a change of tier finds what was
   * spent before it.
   *
   * @param stems of each counter; a single one is that of all.
   */
  keys(stems: readonly string[]): string[] {
    const [one = ''] = stems;
    return this.#suffixes.map((suffix, w) => (stems[w] ?? one) + suffix);
  }
}

/** The counters that one call is charged in. */
export interface Counters {
  readonly shape: Shape;
  /** Names all of them together: calls with one name and one shape are charged in the same counters. */
  readonly id: string;
  /** The key of each: what `shape.keys()` gives. */
  readonly keys: readonly string[];
}
