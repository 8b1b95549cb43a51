/** API_TOKEN=… npx tsx client.mts <url>...: calls each in turn, at the pace that the answers ask for. */
import { setTimeout as pause } from 'node:timers/promises';

const ATTEMPTS = 5;
const LONGEST_WAIT_SECONDS = 300;

/**
 * Calls until an answer is no refusal. 429 says that nothing was done, so a call of any method may be repeated; after a 503
 * only one that changes nothing. A refusal without Retry-After is not repeated: it would be the same.
 */
export async function call(url: string, init: RequestInit = {}): Promise<Response> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await fetch(url, init);
    const mayRepeat = answer.status === 429 || (answer.status === 503 && isSafe(init.method));
    const seconds = Number(answer.headers.get('retry-after') ?? NaN);
    if (!mayRepeat || !(seconds <= LONGEST_WAIT_SECONDS) || attempt === ATTEMPTS) return answer;
    await answer.body?.cancel();
    // Not all clients that were refused together come back together.
    await pause(seconds * 1_000 + Math.random() * 1_000);
  }
}

/** Seconds between two calls, so that what is left lasts until all of it is free again: `"free";r=3;t=20`, of each limit. */
export function paceOf(headers: Headers): number {
  const limits = [...(headers.get('ratelimit') ?? '').matchAll(/;r=(\d+);t=(\d+)/g)];
  return Math.max(0, ...limits.map(([, remaining, seconds]) => Number(seconds) / (Number(remaining) + 1)));
}

const isSafe = (method = 'GET'): boolean => ['GET', 'HEAD'].includes(method.toUpperCase());

for (const url of process.argv.slice(2)) {
  const answer = await call(url, { headers: { Authorization: `Bearer ${process.env.API_TOKEN}` } });
  console.log(answer.status, await answer.text());
  await pause(Math.min(paceOf(answer.headers), LONGEST_WAIT_SECONDS) * 1_000);
}
