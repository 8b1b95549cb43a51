import { problemOf } from '../coded-message';
import { describeProblems, type Problem } from '../policy/errors';
import { SecretsError } from './errors';

/** For each option what it must be: a test, and the same in words. */
export type Expected<Options> = {
  readonly [Name in keyof Options]-?: readonly [is: (value: unknown) => boolean, what: string];
};

/** How strictly. */
export interface Checks<Options> {
  /** Whether the object may say other things as well, as the description of a server may. @default 'refused' */
  readonly others?: 'refused' | 'ignored';
  /** What may not be left out. @default everything may */
  readonly required?: readonly (keyof Options)[];
}

/**
 * Checks options. Without zod, whose loading would double the time that loading this folder takes.
 *
 * @param subject whose options these are, as in `postgresPool()`.
 * @throws SecretsError `ERR_SECRETS_CONFIG` with every problem at once: values of the wrong kind, unknown names.
 */
export function checkOptions<Options extends object>(
  subject: string,
  given: Options,
  expected: Expected<Options>,
  { others = 'refused', required = [] }: Checks<Options> = {},
): void {
  if (typeof given !== 'object' || (given as unknown) === null) {
    throw refusal(subject, [{ path: '', message: `expected an object, received ${shown(given)}` }]);
  }
  // Those that are inherited as well, as of an instance of a class: they are read like the others.
  const names = new Set([...Object.keys(given), ...Object.keys(expected)]);
  const problems = [...names].flatMap((path): Problem[] => {
    const value = (given as Record<string, unknown>)[path];
    if (!Object.hasOwn(expected, path)) {
      if (others === 'ignored') return [];
      return [{ path, message: `unknown; known are ${Object.keys(expected).join(', ')}` }];
    }
    const [is, what] = expected[path as keyof Options];
    const isLeftOut = value === undefined && !required.includes(path as keyof Options);
    return isLeftOut || is(value) ? [] : [{ path, message: `expected ${what}, received ${shown(value)}` }];
  });
  if (problems.length > 0) throw refusal(subject, problems);
}

/**
 * What each of the functions gives.
 *
 * @throws SecretsError of the only one that failed, or one that tells all of them.
 */
export function together<Parts extends readonly (() => unknown)[]>(
  ...parts: Parts
): { [Index in keyof Parts]: ReturnType<Parts[Index]> } {
  const failures: SecretsError[] = [];
  const results = parts.map((part) => {
    try {
      return part();
    } catch (error) {
      if (!(error instanceof SecretsError)) throw error;
      failures.push(error);
      return undefined;
    }
  });
  const [first, second] = failures;
  if (first && second) {
    throw new SecretsError('ERR_SECRETS_CONFIG', failures.map(problemOf).join('\n'));
  }
  if (first) throw first;
  return results as { [Index in keyof Parts]: ReturnType<Parts[Index]> };
}

export const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
/** What most options with a name in them have to be. */
export const TEXT = [isText, 'a text'] as const;
/** As in `readValue()`: itself, a file or a function. */
export const isSource = (value: unknown): boolean =>
  isText(value) ||
  isFunction(value) ||
  isText((value as { readonly file?: unknown } | null | undefined)?.file);
export const isSwitch = (value: unknown): boolean => typeof value === 'boolean';
export const isFunction = (value: unknown): boolean => typeof value === 'function';
/** Zero is none. */
export const isLength = (value: unknown): boolean => Number.isFinite(value) && (value as number) >= 0;
export const isPositive = (value: unknown): boolean => isLength(value) && value !== 0;
export const isCount = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= 1;
/** An object with these methods. */
export const has =
  (...methods: readonly string[]) =>
  (value: unknown): boolean =>
    methods.every((name) => isFunction((value as Record<string, unknown> | null)?.[name]));

function refusal(subject: string, problems: readonly Problem[]): SecretsError {
  return new SecretsError('ERR_SECRETS_CONFIG', describeProblems(subject, problems));
}

/** A text may be a secret that was passed in the wrong place. */
function shown(value: unknown): string {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value === undefined) return 'nothing';
  return typeof value === 'string' && value === '' ? 'an empty string' : `a value of type ${typeof value}`;
}
