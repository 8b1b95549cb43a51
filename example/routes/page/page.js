/* global document, fetch, window, setInterval */

/**
 * Shows who is logged in and what their limit has left. It never sees a token: the browser sends the session's
 * cookie, which no script can read, and the API answers as to any other client.
 *
 * Another tab may log out, and in as somebody else, at any time: what is shown is always of the person whose name
 * stands above it, and it goes when they do.
 */
import { clearPerson, part, showLimit, showPerson, showState, showTransactions } from './show.js';

/** Reading the limit costs nothing, so the page reads it often; while nobody looks at the page, it does not. */
const READ_EVERY_MS = 5_000;

/** Whose data the page shows: nobody's, at first and after logging out. */
let shown;
/** What there is to say, the most urgent first. */
const notices = { limit: '', outage: '' };

function say(about, text) {
  notices[about] = text;
  const notice = notices.limit || notices.outage;
  // Screen readers would announce the same words again.
  if (part('notice').textContent !== notice) part('notice').textContent = notice;
}

async function call(path) {
  const response = await fetch(path, { headers: { Accept: 'application/json' }, cache: 'no-store' });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

const personOf = ({ subject, organisation }) => JSON.stringify([subject, organisation]);

/** Asks who is logged in, and shows it. @returns whose session it is; `undefined` if nobody's, or if that is not known. */
async function readMe() {
  try {
    const answer = await call('/api/me');
    if (answer.status === 200) return become(answer);
    if (answer.status === 401) leave();
    else explain(answer);
  } catch {
    cannot('The API does not answer. It will be tried again.');
  }
  return undefined;
}

function become({ headers, body }) {
  const person = personOf(body);
  if (shown !== person) clearPerson();
  shown = person;
  say('outage', '');
  showPerson(body);
  showLimit(headers);
  showState('in');
  return person;
}

/** Nobody is logged in any more. */
function leave() {
  const hadSomebody = shown !== undefined;
  shown = undefined;
  clearPerson();
  say('outage', '');
  say('limit', '');
  if (hadSomebody) showState('expired');
  else if (part('expired').closest('section').hidden) showState('out');
}

/** Says what went wrong, and what to do. */
function explain({ status, headers, body }) {
  const seconds = headers.get('Retry-After');
  if (status === 429) limited(Number(seconds ?? 1), headers);
  else if (status === 503) {
    const later = seconds === null ? 'later' : `in ${seconds} s`;
    cannot(`The API cannot tell who you are at the moment. It will be tried again ${later}.`);
  } else cannot(body.message);
}

/** What is shown stays: it was true a moment ago, and is still the same person's. */
function cannot(text) {
  if (shown === undefined) {
    say('outage', '');
    showState('down');
  } else say('outage', text);
}

/** Said until it is over. */
function limited(seconds, headers) {
  showLimit(headers);
  const over = new Date(Date.now() + seconds * 1_000);
  const text = `Your limit is used up. Try again at ${over.toLocaleTimeString('en')}.`;
  say('limit', text);
  setTimeout(() => {
    if (notices.limit === text) say('limit', '');
  }, seconds * 1_000);
}

async function loadTransactions() {
  const button = part('load');
  if (button.getAttribute('aria-disabled') === 'true') return;
  button.setAttribute('aria-disabled', 'true');
  try {
    const before = await readMe();
    if (before === undefined) return;
    const answer = await call('/api/transactions?limit=5');
    if (answer.status !== 200) explainRows(answer);
    // Between two answers of one person, the rows are theirs.
    else if ((await readMe()) === before) showTransactions(answer.body.transactions);
  } catch {
    cannot('The API does not answer. Try again.');
  } finally {
    button.setAttribute('aria-disabled', 'false');
  }
}

function explainRows(answer) {
  if (answer.status === 401) leave();
  else explain(answer);
}

part('load').addEventListener('click', loadTransactions);
document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && readMe());
// The back button may show the page as it was before logging out.
window.addEventListener('pageshow', (event) => event.persisted && window.location.reload());
setInterval(() => document.visibilityState === 'visible' && readMe(), READ_EVERY_MS);
showState('loading');
void readMe();
