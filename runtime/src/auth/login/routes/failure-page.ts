/** The answer to a login that failed: a page for people, JSON for programs. */
import { hash } from 'node:crypto';
import type { Request, Response } from '../../../peer-types';
import { refuse, type ErrorBody } from '../../../http/answer';
import type { LoginFailure } from '../events';

interface Failure {
  readonly status: number;
  readonly error: ErrorBody['error'];
  readonly message: string;
}

const FAILURES: Readonly<Record<LoginFailure, Failure>> = {
  denied: { status: 403, error: 'forbidden', message: 'The login was cancelled or not allowed.' },
  unknown: { status: 400, error: 'invalid_request', message: 'This login is not waiting any more.' },
  refused: { status: 400, error: 'invalid_request', message: 'The login could not be completed.' },
  too_large: {
    status: 403,
    error: 'forbidden',
    message:
      'Your account holds more than this site can remember: it may be in too many groups. Tell whoever runs the site.',
  },
  unavailable: {
    status: 503,
    error: 'temporarily_unavailable',
    message: 'Logging in is not possible at the moment. Try again later.',
  },
};

const STYLE =
  ':root{color-scheme:light dark;font:1.125rem/1.5 system-ui,sans-serif}' +
  'body{margin:0;min-height:100vh;display:grid;place-items:center}' +
  'main{padding:1.5rem;max-width:32rem}h1{font-size:1.5rem;line-height:1.25}';

/** The page loads nothing and runs nothing, whatever the app allows elsewhere. */
const CONTENT_POLICY = `default-src 'none'; style-src 'sha256-${hash('sha256', STYLE, 'base64')}'; frame-ancestors 'none'; base-uri 'none'`;

/** Refuses a login: in HTML where the browser prefers it, else in the one shape of every refusal. */
export function refuseLogin(
  req: Request,
  res: Response,
  failure: LoginFailure,
  retryAfterSeconds?: number,
): void {
  const { status, error, message } = FAILURES[failure];
  const headers: Record<string, string> =
    retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) };
  if (req.accepts(['json', 'html']) !== 'html') {
    refuse(res, { status, body: { error, message }, headers });
    return;
  }
  res.set({ 'Cache-Control': 'no-store', 'Content-Security-Policy': CONTENT_POLICY, ...headers });
  res.status(status).type('html').send(pageOf(message));
}

const pageOf = (message: string): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Login</title>
<style>${STYLE}</style>
<main>
<h1>${message}</h1>
<p><a href="login">Log in again</a> or <a href="../">go back to the start</a>.</p>
</main>
</html>
`;
