/** The access token of a scan: kept fresh while it runs, let through by the limiter, and forgotten when it has ended. */
import { PORTCULLIS, type Step } from '../workflow/workflow';

/** How a client of the scan gets its access tokens (RFC 6749 §4.4, RFC 8707). */
export interface TokenRequest {
  readonly url: string;
  readonly resource: string;
  readonly scopes: readonly string[];
  /** How long one token is used. */
  readonly renewSeconds: number;
}

export interface ProbeProps {
  readonly stagingUrl: string;
  /** What a client of the scan has to be admitted, or its 429s blind the scanner: at `path`, this limit at least. */
  readonly probe: { readonly path: string; readonly atLeast: string };
}

/** Folder on the runner with the token of the moment; ZAP sees the checkout as /zap/wrk. */
const TOKENS = '.zap/run';

/**
 * A scan outlives many access tokens. What runs on after its step can mask nothing, so each token is noted for
 * {@link forgetTokens}.
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
    },
    run: [
      `mkdir -p ${TOKENS}`,
      'renew() {',
      '  local token',
      '  token=$(curl --silent --fail --max-time 30 \\',
      '    --header @<(printf "Authorization: Basic %s" "$(printf %s "$CLIENT_ID:$CLIENT_SECRET" | base64 --wrap=0)") \\',
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

/** The limits of the scan's clients are kept in Vault, where nothing else would notice that they are missing. */
export function seeThrough({ stagingUrl, probe }: ProbeProps): Step {
  return {
    name: 'See that the limits let the scanner through',
    env: { PROBE: new URL(probe.path, stagingUrl).href, AT_LEAST: probe.atLeast },
    run: `${PORTCULLIS} limits probe "$PROBE" --token-file ${TOKENS}/token --at-least "$AT_LEAST"`,
  };
}

/** Before anything looks at what the scan left: no later step can show a token, and none is kept. */
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
