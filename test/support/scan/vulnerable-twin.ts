/** An API with the mistakes that a scan has to find. Only a test ever starts it, on loopback. */
import express from 'express';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

export async function startVulnerableTwin(): Promise<{ url: string; close: () => void }> {
  const app = express();
  app.use(express.urlencoded({ extended: false }));
  app.get('/', (_req, res) => {
    res.send(
      '<a href="/search?q=a">search</a><a href="/account?id=1">account</a><a href="/transfer">transfer</a>',
    );
  });
  // Reflected XSS.
  app.get('/search', (req, res) => {
    res.send(`<p>Nothing found for ${(req.query as { q?: string }).q ?? ''}</p>`);
  });
  // A form that any site can send.
  app.get('/transfer', (_req, res) => {
    res.send(
      '<form method="post" action="/transfer"><input name="amount" value="1"><input type="submit"></form>',
    );
  });
  app.post('/transfer', (_req, res) => {
    res.send('<p>Done</p>');
  });
  // Errors that say what is inside.
  app.get('/account', (req, res) => {
    const { id = '' } = req.query as { id?: string };
    if (/^\d+$/.test(id)) res.send('<p>Account</p>');
    else res.status(500).send(`PostgreSQL query failed: ERROR: syntax error at or near "${id.slice(0, 1)}"`);
  });
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
