import type { SecretsStatus } from '@portcullis/runtime';
import { get } from 'node:http';
import { PortcullisError, messageOf } from '../errors';

const TIMEOUT_MS = 5_000;

/** Asks a running service. @throws PortcullisError `ERR_SETTING`, `ERR_UNREACHABLE` */
export async function readStatus(socketPath: string | undefined): Promise<SecretsStatus> {
  if (!socketPath) {
    throw new PortcullisError(
      'ERR_SETTING',
      'no status socket was named',
      'give --socket, or set PORTCULLIS_STATUS_SOCKET; the service opens it with SecretsManager.connect({ statusSocket })',
    );
  }
  try {
    return JSON.parse(await ask(socketPath)) as SecretsStatus;
  } catch (cause) {
    throw new PortcullisError(
      'ERR_UNREACHABLE',
      `no service shows its status at ${socketPath} (${messageOf(cause)})`,
      "run this as the service's own user, while it runs",
      { cause },
    );
  }
}

function ask(socketPath: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get({ socketPath, path: '/', timeout: TIMEOUT_MS }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve(text));
      response.on('error', reject);
    });
    request.on('timeout', () => request.destroy(new Error(`no answer within ${TIMEOUT_MS / 1_000} s`)));
    request.on('error', reject);
  });
}
