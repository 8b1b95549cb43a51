import { algorithms } from './algorithms';
import { claims } from './claims';
import { encodings } from './encodings';
import { headers } from './headers';
import { kinds } from './kinds';
import { signatures } from './signatures';
import { times } from './times';
import type { TokenCase } from './case';

export type { Fate, RequestCase, TokenCase } from './case';
export { requestCases } from './requests';
export { targetCases } from './targets';
export { wireCases } from './wire';

/** Every hostile token, by family. */
export const tokenCases: Readonly<Record<string, readonly TokenCase[]>> = {
  algorithms,
  headers,
  claims,
  times,
  signatures,
  encodings,
  'other kinds of token': kinds,
};
