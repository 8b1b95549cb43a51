import type { SecretsStatus } from '@portcullis/runtime';
import { askSocket } from '../connections/ask-socket';
import { PortcullisError, messageOf } from '../errors';

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
    return JSON.parse(await askSocket(socketPath, '/')) as SecretsStatus;
  } catch (cause) {
    throw new PortcullisError(
      'ERR_UNREACHABLE',
      `no service shows its status at ${socketPath} (${messageOf(cause)})`,
      "run this as the service's own user, while it runs",
      { cause },
    );
  }
}
