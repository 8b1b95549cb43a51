/** Settings that people give programs by name, as in an environment: which of them protect less than before. */
import { isNothing, show, type Value } from '../values';

/** What a change of settings weakens, in words that hold no value; undefined where nothing is known to be weaker. */
export function weakened(
  was: ReadonlyMap<string, Value>,
  will: ReadonlyMap<string, Value>,
): string | undefined {
  for (const [name, after] of will) {
    const before = was.get(name) ?? null;
    if (show(before) === show(after)) continue;
    if (LOADS_CODE.test(name) && !isNothing(after)) return `${name} decides what code runs`;
    if (TRUSTS.test(name) && !isNothing(after)) return `${name} decides whom it trusts`;
    if (isCleartext(show(before), show(after))) return `${name} no longer leads to TLS`;
    if (GUARDS.test(name) && !DOORS.test(name) && isOn(before) && isOff(after)) return `${name} is off`;
    if (DOORS.test(name) && !isOn(before) && isOn(after)) return `${name} is on`;
  }
  const gone = [...was].find(
    ([name, before]) => !will.has(name) && GUARDS.test(name) && !DOORS.test(name) && isOn(before),
  );
  return gone === undefined ? undefined : `${gone[0]} is no longer on`;
}

const LOADS_CODE =
  /^(NODE_OPTIONS|NODE_PATH|LD_PRELOAD|LD_LIBRARY_PATH|LD_AUDIT|AWS_LAMBDA_EXEC_WRAPPER|JAVA_TOOL_OPTIONS|_?JAVA_OPTIONS|JDK_JAVA_OPTIONS|PYTHONPATH|PYTHONSTARTUP|PYTHONHOME|PERL5OPT|PERL5LIB|RUBYOPT|RUBYLIB|BASH_ENV|PATH|GIT_SSH_COMMAND|DOTNET_STARTUP_HOOKS)$/;

/** Certificates, and who stands between. */
const TRUSTS =
  /^(NODE_EXTRA_CA_CERTS|NODE_TLS_REJECT_UNAUTHORIZED|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|AWS_CA_BUNDLE|VAULT_(CACERT|CAPATH|CACERT_BYTES)|PYTHONHTTPSVERIFY|(HTTPS?|ALL)_PROXY|https?_proxy|all_proxy)$/;

const GUARDS = /AUTH|TLS|SSL|VERIF|SECUR|MFA|CSRF|AUDIT|ENCRYPT|VALIDAT/i;
const DOORS = /SKIP|INSECURE|DISABLE|BYPASS|ANONYMOUS|NO_VERIFY/i;

const isOn = (value: Value): boolean =>
  /^(true|1|yes|on|enabled|required?|verify-full|verify-ca)$/i.test(show(value));
const isOff = (value: Value): boolean => /^(false|0|no|off|disabled?|none|allow|prefer)$/i.test(show(value));

/** As from `https:` to `http:`. */
export function isCleartext(before: string, after: string): boolean {
  const [, scheme = ''] = /^([a-z]+)s:\/\//i.exec(before) ?? [];
  const tells = /sslmode=(disable|allow|prefer)\b|ssl=false|tls=false/i;
  return (
    (scheme !== '' && after.toLowerCase().startsWith(`${scheme.toLowerCase()}://`)) ||
    (tells.test(after) && !tells.test(before))
  );
}
