/** What API Gateway answers by itself, before the app. */
import type { Answer } from '../target/exchange';

/** Of an HTTP API. Nobody can have it say something else. */
const WORDS: ReadonlySet<string> = new Set(['Unauthorized', 'Forbidden', 'Not Found'].map(bodySaying));

function bodySaying(message: string): string {
  return JSON.stringify({ message });
}

/** A refusal by an HTTP API of AWS: its words are its own. */
export function isHttpApis({ headers, body }: Answer): boolean {
  return headers['apigw-requestid'] !== undefined && WORDS.has(body);
}
