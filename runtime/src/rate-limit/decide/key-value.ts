import type { Request } from '../../peer-types';
import type { IncomingMessage } from 'node:http';
import { withCode } from '../../coded-message';
import type { KeyFunction } from '../options';

/** A function for `by: { function }` gave something that is no key. The call was counted by its organisation. */
export class KeyFunctionError extends Error {
  override readonly name = 'KeyFunctionError';
  readonly code = 'ERR_KEY_FUNCTION';

  constructor(message: string, options?: ErrorOptions) {
    super(withCode('ERR_KEY_FUNCTION', message), options);
  }
}

/** What the app's function says of a request; `undefined` where it fails. @param hear of its failure. */
export function keyValue(
  keyOf: KeyFunction | undefined,
  req: IncomingMessage,
  hear: (error: KeyFunctionError) => void,
): string | undefined {
  let value: unknown;
  try {
    value = keyOf?.(req as Request);
  } catch (cause) {
    hear(new KeyFunctionError('a function of rateLimit({ keys }) threw', { cause }));
    return undefined;
  }
  if (typeof value === 'string' || value === undefined) return value;
  // Nobody waits for a key: where it is a promise, its rejection has nobody to go to either.
  if (value instanceof Promise) value.catch(() => undefined);
  hear(
    new KeyFunctionError(
      `a function of rateLimit({ keys }) gave a value of type ${typeof value}; expected a text or undefined`,
    ),
  );
  return undefined;
}
