import { get } from 'node:http';

const TIMEOUT_MS = 5_000;

/** What a service answers over a socket of this machine. @throws Error when it answers otherwise than 200, or not in time. */
export function askSocket(socketPath: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get({ socketPath, path, timeout: TIMEOUT_MS }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        if (response.statusCode === 200) resolve(text);
        else reject(new Error(`it answered ${response.statusCode ?? 'nothing'}`));
      });
      response.on('error', reject);
    });
    request.on('timeout', () => request.destroy(new Error(`no answer within ${TIMEOUT_MS / 1_000} s`)));
    request.on('error', reject);
  });
}
