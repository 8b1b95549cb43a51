/* global document, fetch, window, setInterval */

/**
 * Shows who is logged in and what their limit has left. It never sees a token: the browser sends the session's
 * cookie, which no script can read, and the API answers as to any other client.
 */

/** Reading the limit costs nothing, so the page reads it often; while nobody looks at the page, it does not. */
const READ_EVERY_MS = 5_000;

const part = (id) => document.getElementById(id);
const number = new Intl.NumberFormat('en');

function show(state) {
  for (const element of document.querySelectorAll('[data-when]'))
    element.hidden = element.dataset.when !== state;
}

function say(text) {
  // Screen readers would announce the same words again.
  if (part('notice').textContent !== text) part('notice').textContent = text;
}

/** Calls the API, and shows what the answer says of the limit. */
async function call(path) {
  const response = await fetch(path, { headers: { Accept: 'application/json' }, cache: 'no-store' });
  showLimit(response.headers);
  return { status: response.status, headers: response.headers, body: await response.json() };
}

function showLimit(headers) {
  const [limit, remaining, reset] = ['Limit', 'Remaining', 'Reset'].map((name) =>
    Number(headers.get(`X-RateLimit-${name}`) ?? Number.NaN),
  );
  if ([limit, remaining, reset].some(Number.isNaN)) return;
  const share = remaining / limit;
  Object.assign(part('meter'), { max: limit, value: remaining, textContent: `${remaining} of ${limit}` });
  part('fill').style.width = `${100 * share}%`;
  part('fill').dataset.level = share < 0.1 ? 'out' : share < 0.3 ? 'low' : 'good';
  part('remaining').textContent = number.format(remaining);
  part('limit').textContent = number.format(limit);
  const seconds = Math.max(0, reset - Math.floor(Date.now() / 1_000));
  part('reset').textContent =
    remaining === limit ? 'Nothing of it is used.' : `Full again in ${seconds} s, if nothing more is sent.`;
}

function showPerson({ name, subject, organisation, tier, scopes }) {
  part('name').textContent = name ?? subject;
  part('organisation').textContent = organisation ?? '–';
  part('tier').textContent = tier;
  part('scopes').replaceChildren(...scopes.map((scope) => withText('li', scope)));
}

/** Says what went wrong, and what to do. */
function explain({ status, headers, body }) {
  const seconds = headers.get('Retry-After');
  const later = seconds === null ? 'later' : `in ${seconds} s`;
  if (status === 429) say(`Your limit is used up. Try again ${later}.`);
  else if (status === 503)
    say(`The API cannot tell who you are at the moment. It will be tried again ${later}.`);
  else say(body.message);
}

async function readMe() {
  try {
    const answer = await call('/api/me');
    if (answer.status === 200) {
      say('');
      showPerson(answer.body);
      show('in');
    } else if (answer.status === 401) {
      say('');
      show('out');
    } else explain(answer);
  } catch {
    say('The API does not answer. It will be tried again.');
  }
}

async function loadTransactions() {
  const button = part('load');
  if (button.getAttribute('aria-disabled') === 'true') return;
  button.setAttribute('aria-disabled', 'true');
  try {
    const answer = await call('/api/transactions?limit=5');
    if (answer.status === 200) showTransactions(answer.body.transactions);
    else if (answer.status === 401) await readMe();
    else explain(answer);
  } catch {
    say('The API does not answer. Try again.');
  } finally {
    button.setAttribute('aria-disabled', 'false');
  }
}

function showTransactions(transactions) {
  const day = new Intl.DateTimeFormat('en', { dateStyle: 'medium' });
  const rows = transactions.map(({ createdAt, description, account, amountCents, currency }) => {
    const amount = new Intl.NumberFormat('en', { style: 'currency', currency }).format(
      Number(amountCents) / 100,
    );
    const booking = withText('td', description);
    booking.append(withText('small', account));
    const row = document.createElement('tr');
    row.append(
      withText('td', day.format(new Date(createdAt))),
      booking,
      Object.assign(withText('td', amount), { className: 'amount' }),
    );
    return row;
  });
  part('transactions').replaceChildren(...rows);
  part('transactions').closest('.scroll').hidden = false;
  part('transactions-hint').textContent =
    `The ${rows.length} latest, read at ${new Date().toLocaleTimeString('en')}. Each time takes one call.`;
}

function withText(tag, text) {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}

part('load').addEventListener('click', loadTransactions);
document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && readMe());
// The back button may show the page as it was before logging out.
window.addEventListener('pageshow', (event) => event.persisted && window.location.reload());
setInterval(() => document.visibilityState === 'visible' && readMe(), READ_EVERY_MS);
void readMe();
