import { strict as assert } from 'node:assert';
import type { World } from './world';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

interface Call {
  readonly token?: string;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

/** `call(world, 'GET /api/transactions', { token })` */
export async function call(
  { api }: World,
  request: string,
  { token, headers, body }: Call = {},
): Promise<Answer> {
  const [method = 'GET', path = '/'] = request.split(' ');
  const response = await fetch(api + path, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(60_000),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: parse(text) };
}

/** Fails with what was really answered. */
export function expectStatus(answer: Answer, status: number): void {
  assert.equal(
    answer.status,
    status,
    `expected ${status}, received ${answer.status}: ${JSON.stringify(answer.body)}`,
  );
}

/** A header that must be a whole number. */
export function numberHeader(answer: Answer, name: string): number {
  const text = answer.headers.get(name);
  assert.match(text ?? '', /^\d+$/, `expected a whole number in ${name}, received ${String(text)}`);
  return Number(text);
}

function parse(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return { text };
  }
}
