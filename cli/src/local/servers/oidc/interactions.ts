import { text } from 'node:stream/consumers';
import type { Middleware, ParameterizedContext } from 'koa';
import type Provider from 'oidc-provider';
import { escapeHtml, showPage } from './page';
import type { OidcPerson } from './settings';

/** The page on which people say who they are. Nobody is asked for consent: every app here is the provider's own. */
export function interactions(provider: Provider, people: readonly OidcPerson[]): Middleware {
  return async (context, next) => {
    if (!context.path.startsWith('/interaction/')) {
      await next();
      return;
    }
    const { req, res } = context;
    await provider.interactionDetails(req, res);
    if (context.method === 'GET') {
      showPage(context, 'Sign in', peopleForm(people));
      return;
    }
    const chosen = new URLSearchParams(await text(req)).get('person');
    const result = people.some(({ subject }) => subject === chosen)
      ? { login: { accountId: chosen ?? '' } }
      : { error: 'access_denied', error_description: 'nobody signed in' };
    context.redirect(await provider.interactionResult(req, res, result));
    context.status = 303;
  };
}

function peopleForm(people: readonly OidcPerson[]): string {
  const buttons = people.map(
    ({ subject, name, organisation, tier }) =>
      `<button name="person" value="${escapeHtml(subject)}">${escapeHtml(name)}
<small>${escapeHtml(organisation)}, ${escapeHtml(tier)}</small></button>`,
  );
  return `<p>This provider runs on your machine. Choose who you are.</p>
<form method="post">
${buttons.join('\n')}
<button name="person" value="">Cancel</button>
</form>`;
}

/** Asks before it signs out: a link from elsewhere must not be enough. The form is the provider's own. */
export function confirmLogout(context: ParameterizedContext, form: string): void {
  showPage(
    context,
    'Sign out?',
    `${form}
<p>You will be asked who you are the next time.</p>
<div class="choices">
<button form="op.logoutForm" name="logout" value="yes" autofocus>Sign out</button>
<button form="op.logoutForm">Stay signed in</button>
</div>`,
  );
}

/** The page after a logout whose app named no page of its own. */
export function loggedOut(context: ParameterizedContext): void {
  showPage(context, 'You are signed out', '<p>You may close this page.</p>');
}

/** The page that says what the app or the browser did wrong, in RFC 6749's words. */
export function showError(context: ParameterizedContext, { error, error_description: why }: ErrorOut): void {
  showPage(
    context,
    'That did not work',
    `<p>${escapeHtml(error)}${why === undefined ? '' : `: ${escapeHtml(why)}`}</p>`,
  );
}

interface ErrorOut {
  readonly error: string;
  readonly error_description?: string | undefined;
}
