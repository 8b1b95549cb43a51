/**
 * The second wall around secrets: what looks like one in a text that may be shown is replaced, and the text around it
 * stays. The first wall is `shown-fields.ts`: most texts are not shown at all.
 */

const HIDDEN = '(hidden)';

const NAMES =
  'password|passwd|passphrase|pwd|pass|secret|token|api[_-]?key|access[_-]?key|account[_-]?key|private[_-]?key|signature|sig|credentials?|secret_key_base|authorization';

/** Placeholders of Vault and of the engines are no secrets. */
const VALUE = String.raw`(?!["']?(?:\{\{|\$\{|\(hidden\)|\(not shown\)))`;

/** Each with what stays in front of the secret as its first group. */
const SECRETS: readonly RegExp[] = [
  /()-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  // User and password of a URL. A password may hold anything but a space: it ends at the last @.
  /(\b[a-z][\w+.-]*:\/\/[^\s:/@"']*:)(?!\{\{|\$\{)[^\s"'<>]+(?=@)/gi,
  /(\b[a-z][\w+.-]*:\/\/)[^\s:/@"'{]{16,}(?=@)/gi,
  // name=value, name = 'value', "name": "value"
  new RegExp(String.raw`((?:${NAMES})[\w-]*["']?\s*=\s*)${VALUE}(?:"[^"]*"|'[^']*'|[^\s;&,"')}\]]+)`, 'gi'),
  new RegExp(String.raw`("[\w.-]*(?:${NAMES})[\w-]*"\s*:\s*)"${VALUE}[^"]+"`, 'gi'),
  /(\b(?:Bearer|Basic)\s+)(?=[^\s]*\d|[^\s]{20})[\w.~+/=-]{8,}/gi,
  /(\b(?:PASSWORD|IDENTIFIED\s+(?:WITH\s+\S+\s+)?(?:BY|AS))\s+)(['"])(?!\{\{|\(hidden\))(?:(?!\2).)*\2/gis,
  // Rules of a Redis ACL that add or remove a password, or its hash.
  /((?:^|[\s"[,])[<>#!])(?!\{\{)[^\s",]{4,}/g,
  // Vault, GitHub, GitLab, npm, AWS, JWT, Slack, Stripe, Google, SendGrid, OpenAI and the like
  /()\bhv[sbr]\.[\w-]{4,}/g,
  /()\b[sb]\.[A-Za-z0-9]{24,}\b/g,
  /()\b(?:gh[pousr]_\w{10,}|github_pat_\w+|glpat-[\w-]+|npm_\w{20,}|dop_v1_\w+)/g,
  /()\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /()\beyJ[\w-]+\.eyJ[\w.-]*/g,
  /(hooks\.slack\.com\/)\S+/g,
  /()\bxox[abeoprs]-[\w-]+/g,
  /()\b(?:[sr]k_(?:live|test)_\w+|whsec_\w+|AIza[\w-]{30,}|SG\.[\w-]+\.[\w-]+|sk-[\w-]{20,})/g,
];

/** In statements about users every literal is hidden: one of them is the password. Vault's placeholders stay. */
const STATEMENT = /\b(?:CREATE|ALTER)\s+(?:ROLE|USER|LOGIN)\b|\bIDENTIFIED\s+BY\b/i;
const LITERAL = /\bE'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|(\$\w*\$)[\s\S]*?\1/gi;
const COMMENT = /--[^\n]*|\/\*[\s\S]*?\*\//g;
const PLACEHOLDER = /^'\{\{\w+\}\}'$/;

const hideLiterals = (text: string): string =>
  text.replace(LITERAL, hideLiteral).replace(COMMENT, `-- ${HIDDEN}`);

const hideLiteral = (literal: string): string => (PLACEHOLDER.test(literal) ? literal : `'${HIDDEN}'`);

/** A text without what looks like a secret in it. */
export function redact(text: string): string {
  const quoted = STATEMENT.test(text) ? hideLiterals(text) : text;
  return SECRETS.reduce((shown, pattern) => shown.replace(pattern, `$1${HIDDEN}`), quoted);
}

/** A statement in SQL without its literals and comments. */
export function redactStatement(text: string): string {
  return redact(hideLiterals(text));
}
