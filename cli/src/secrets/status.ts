import type { SecretsStatus } from '@portcullis/runtime';
import { get } from 'node:http';
import { LocalError, messageOf } from '../errors';

const TIMEOUT_MS = 5_000;

/** Asks a running service. @throws LocalError `bad_setting`, `unreachable` */
export async function readStatus(socketPath: string | undefined): Promise<SecretsStatus> {
  if (!socketPath) {
    throw new LocalError(
      'bad_setting',
      'no status socket was named',
      'give --socket, or set PORTCULLIS_STATUS_SOCKET; the service opens it with SecretsManager.connect({ statusSocket })',
    );
  }
  try {
    return JSON.parse(await ask(socketPath)) as SecretsStatus;
  } catch (cause) {
    throw new LocalError(
      'unreachable',
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
