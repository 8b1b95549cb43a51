import { readFile } from 'node:fs/promises';
import { isHeaderToken } from '../../policy/address';
import { SecretsError } from '../errors';

/** A value, or where to read it at each login, so that a new one is picked up: a file, or a function. */
export type ValueSource = string | { readonly file: string } | (() => string | Promise<string>);

/** @throws SecretsError `ERR_LOGIN_SOURCE` when the source cannot be read or gives nothing that can be a token. */
export async function readValue(source: ValueSource, what: string): Promise<string> {
  const value = (await received(source, what)).trim();
  if (value === '') throw new SecretsError('ERR_LOGIN_SOURCE', `the source of the ${what} is empty`);
  // It may be sent in a header, and what HTTP clients refuse there, they quote.
  if (!isHeaderToken(value)) {
    const problem = `the ${what} holds a line break or another character that none has`;
    throw new SecretsError('ERR_LOGIN_SOURCE', problem);
  }
  return value;
}

async function received(source: ValueSource, what: string): Promise<string> {
  if (typeof source === 'string') return source;
  try {
    return typeof source === 'function' ? await source() : await readFile(source.file, 'utf8');
  } catch (cause) {
    if (cause instanceof SecretsError) throw cause;
    const where = typeof source === 'function' ? 'its function threw' : source.file;
    throw new SecretsError('ERR_LOGIN_SOURCE', `cannot read the ${what} (${where})`, { cause });
  }
}
