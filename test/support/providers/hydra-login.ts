/**
 * Login, consent and logout for Hydra, which has no page of its own: it sends browsers here with a challenge, and asks this
 * app's answer by its admin API.
 *
 * https://www.ory.com/docs/oauth2-oidc/custom-login-consent/flow
 */
import express, { type Express, type Request, type RequestHandler, type Response } from 'express';
import { timingSafeEqual } from 'node:crypto';

export interface HydraPerson {
  readonly password: string;
  /** What access tokens say about the person, in `ext`. */
  readonly claims: Readonly<Record<string, unknown>>;
}

export interface HydraLoginOptions {
  /** Of Hydra's admin API. */
  readonly adminUrl: () => string;
  readonly people: Readonly<Record<string, HydraPerson>>;
}

interface ConsentRequest {
  readonly subject: string;
  readonly client: { readonly client_id: string };
  readonly requested_scope: readonly string[];
  readonly requested_access_token_audience: readonly string[];
}

export function hydraLogin({ adminUrl, people }: HydraLoginOptions): Express {
  /** Asks Hydra about a challenge, or answers it. */
  const hydra = async (
    kind: 'login' | 'consent' | 'logout',
    req: Request,
    verdict?: Verdict,
  ): Promise<unknown> => {
    const path = verdict === undefined ? kind : `${kind}/${verdict.is}`;
    const name = `${kind}_challenge`;
    const query = new URLSearchParams({ [name]: (req.query as Record<string, string>)[name] ?? '' });
    const answer = await fetch(`${adminUrl()}/admin/oauth2/auth/requests/${path}?${query}`, {
      headers: { 'Content-Type': 'application/json' },
      ...(verdict !== undefined && { method: 'PUT', body: JSON.stringify(verdict.with) }),
    });
    if (!answer.ok) throw new Error(`Hydra answered ${answer.status} about ${path}: ${await answer.text()}`);
    return answer.json();
  };
  const goOn = async (res: Response, decided: Promise<unknown>): Promise<void> =>
    res.redirect(303, ((await decided) as { redirect_to: string }).redirect_to);

  const logIn: RequestHandler = async (req, res) => {
    const { username = '', password = '' } = req.body as { username?: string; password?: string };
    if (!isRight(people[username]?.password, password)) {
      res.status(403).send(form(req, 'Wrong name or password', LOGIN_FIELDS));
      return;
    }
    await goOn(res, hydra('login', req, { is: 'accept', with: { subject: username } }));
  };

  const consent: RequestHandler = async (req, res) => {
    const asked = (await hydra('consent', req)) as ConsentRequest;
    if ((req.body as { allow?: string }).allow !== 'yes') {
      await goOn(res, hydra('consent', req, { is: 'reject', with: { error: 'access_denied' } }));
      return;
    }
    const granted = {
      grant_scope: asked.requested_scope,
      grant_access_token_audience: asked.requested_access_token_audience,
      session: { access_token: people[asked.subject]?.claims ?? {} },
    };
    await goOn(res, hydra('consent', req, { is: 'accept', with: granted }));
  };

  const app = express();
  app.use(express.urlencoded({ extended: false }));
  app.get('/login', (req, res) => void res.send(form(req, 'Log in', LOGIN_FIELDS)));
  app.post('/login', logIn);
  app.get('/consent', async (req, res) => {
    const { client, requested_scope: scopes } = (await hydra('consent', req)) as ConsentRequest;
    res.send(
      form(
        req,
        `${client.client_id} asks for ${scopes.join(', ')}`,
        '<button name="allow" value="yes">Allow</button>',
      ),
    );
  });
  app.post('/consent', consent);
  app.get('/logout', (req, res) => goOn(res, hydra('logout', req, { is: 'accept', with: {} })));
  return app;
}

interface Verdict {
  readonly is: 'accept' | 'reject';
  readonly with: object;
}

const LOGIN_FIELDS = '<input name="username"><input name="password" type="password"><button>Log in</button>';

/** Back to where it is shown. */
const form = (req: Request, title: string, fields: string): string =>
  `<!doctype html><title>${escaped(title)}</title><form method="post" action="${escaped(req.originalUrl)}">${fields}</form>`;

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => `&#${character.codePointAt(0)};`);

function isRight(expected: string | undefined, given: string): boolean {
  if (expected?.length !== given.length) return false;
  return timingSafeEqual(Buffer.from(expected), Buffer.from(given));
}
