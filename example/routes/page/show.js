/* global document */

/** Puts what the API says into the page, and takes it away again. */

export const part = (id) => document.getElementById(id);
const number = new Intl.NumberFormat('en');

/** Shows the parts of one state: `loading`, `out`, `in`, `expired` or `down`. Until a script runs, it is `no-script`. */
export function showState(state) {
  for (const element of document.querySelectorAll('[data-when]'))
    element.hidden = element.dataset.when !== state;
}

export function showPerson({ name, subject, organisation, tier, scopes }) {
  part('name').textContent = name ?? subject;
  part('organisation').textContent = organisation ?? '–';
  part('tier').textContent = tier;
  part('scopes').replaceChildren(...scopes.map((scope) => withText('li', scope)));
}

export function showLimit(headers) {
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

export function showTransactions(transactions) {
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

/** Takes away everything that is somebody's. */
export function clearPerson() {
  for (const id of ['name', 'organisation', 'tier', 'reset']) part(id).textContent = '';
  for (const id of ['remaining', 'limit']) part(id).textContent = '–';
  part('meter').value = 0;
  part('fill').style.width = '0';
  part('scopes').replaceChildren();
  part('transactions').replaceChildren();
  part('transactions').closest('.scroll').hidden = true;
  part('transactions-hint').textContent = 'Each time you load them takes one call from your limit.';
}

function withText(tag, text) {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}
