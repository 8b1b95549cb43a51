const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;

/** A length of time: whole seconds, minutes, hours or days, as in `'30s'`, `'15m'`, `'1h'`, `'7d'`. */
export type Duration = `${number}${keyof typeof SECONDS}`;

/** Seconds in a {@link Duration}; `undefined` when the text is not one, or is zero. */
export function durationSeconds(text: string): number | undefined {
  const found = /^([1-9]\d{0,8})([smhd])$/.exec(text);
  return found ? Number(found[1]) * SECONDS[found[2] as keyof typeof SECONDS] : undefined;
}
