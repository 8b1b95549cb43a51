import { InvalidArgumentError } from 'commander';

/** The value of `--port`. */
export function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new InvalidArgumentError('give a number from 1 to 65535.');
}
