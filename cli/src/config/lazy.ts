/**
 * A value of a config, or a function that gives it when a command needs it: to load the sources of stacks takes seconds,
 * for which no other command should wait.
 */
export type Lazy<T> = T | (() => T | Promise<T>);

export async function resolved<T extends object>(lazy: Lazy<T>): Promise<T> {
  return typeof lazy === 'function' ? await lazy() : lazy;
}
