/** The access token of a scan: it is renewed while the scan runs, and forgotten when the scan has ended. */
import { PORTCULLIS } from '../workflow/repository-tools';
import type { Step } from '../workflow/workflow';

/** How a client of the scan gets its access tokens: client credentials (RFC 6749 §4.4) for one resource (RFC 8707). */
export interface TokenRequest {
  /** The issuer's token endpoint. */
  readonly url: string;
  /** The API that the token is for. */
  readonly resource: string;
  /** The scopes to ask for. */
  readonly scopes: readonly string[];
  /** How long one token is used, in seconds. */
  readonly renewSeconds: number;
}

export interface ProbeProps {
  /** The limit that the scan's client must have at `path`, as in `100000/1m`. With less, 429s would blind the scanner. */
  readonly probe: { readonly path: string; readonly atLeast: string };
}

/** Folder of the checkout that holds the present token. ZAP sees the checkout as /zap/wrk. */
const TOKENS = '.zap/run';

/** The client's credentials, each form-encoded before they are joined (RFC 6749 §2.3.1), as jq makes them. */
const BASIC = '"Authorization: Basic " + ("\\(env.CLIENT_ID | @uri):\\(env.CLIENT_SECRET | @uri)" | @base64)';

/**
 * A scan outlives many access tokens. A process that outlives its step cannot mask what it prints, so each token is
 * noted for {@link forgetTokens}, which masks it.
 */
export function keepTokenFresh({ url, resource, scopes, renewSeconds }: TokenRequest): Step {
  return {
    name: 'Keep an access token fresh',
    env: {
      CLIENT_ID: '${{ steps.vault.outputs.client_id }}',
      CLIENT_SECRET: '${{ steps.vault.outputs.client_secret }}',
      TOKEN_URL: url,
      RESOURCE: resource,
      SCOPE: scopes.join(' '),
      BASIC,
    },
    run: [
      `mkdir -p ${TOKENS}`,
      'renew() {',
      '  local token',
      '  token=$(curl --silent --fail --max-time 30 \\',
      '    --header @<(jq --null-input --raw-output "$BASIC") \\',
      '    --data grant_type=client_credentials --data-urlencode "resource=$RESOURCE" --data-urlencode "scope=$SCOPE" \\',
      '    "$TOKEN_URL" | jq --exit-status --raw-output .access_token) || return 1',
      `  printf '%s\\n' "$token" >> ${TOKENS}/tokens`,
      `  printf %s "$token" > ${TOKENS}/token.next && mv ${TOKENS}/token.next ${TOKENS}/token`,
      '}',
      'renew',
      `sed 's/^/::add-mask::/' ${TOKENS}/tokens`,
      `(while sleep ${renewSeconds}; do renew || true; done) > /dev/null 2>&1 &`,
      `echo $! > ${TOKENS}/renewing`,
    ].join('\n'),
  };
}

/** The limits of the scan's clients are kept in Vault. This step notices when they are missing there. */
export function seeThrough({ probe }: ProbeProps): Step {
  return {
    name: 'See that the limits let the scanner through',
    env: { PROBE: probe.path, AT_LEAST: probe.atLeast },
    run: `${PORTCULLIS} limits probe "$STAGING_URL$PROBE" --token-file ${TOKENS}/token --at-least "$AT_LEAST"`,
  };
}

/** Runs before any step that looks at the scan's results: no later step can show a token, and none is kept. */
export function forgetTokens(): Step {
  return {
    name: 'Mask and forget the tokens',
    if: '${{ !cancelled() }}',
    run: [
      `if [ -e ${TOKENS}/renewing ]; then kill "$(cat ${TOKENS}/renewing)"; fi`,
      `if [ -e ${TOKENS}/tokens ]; then sed 's/^/::add-mask::/' ${TOKENS}/tokens; fi`,
      `rm -rf ${TOKENS}`,
    ].join('\n'),
  };
}
