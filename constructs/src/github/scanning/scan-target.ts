/** What a scan scans, and with which image of ZAP: variables of the repository, looked at before anything is done. */
import type { Step } from '../workflow/workflow';

/** Variable of the environment that is scanned, whose rules let jobs of main alone scan. */
export const STAGING_URL = '${{ vars.STAGING_URL }}';

/** Variable of the repository. */
export const ZAP_IMAGE = '${{ vars.ZAP_IMAGE }}';

/** A tag can be moved, and what runs here sees tokens of staging: only an image's digest says what it is. */
export const SEE_IMAGE: Step = {
  name: "See that ZAP's image is named by its digest",
  env: { ZAP_IMAGE },
  run: [
    'if ! [[ "$ZAP_IMAGE" =~ ^[a-z0-9][a-z0-9._:/-]*@sha256:[0-9a-f]{64}$ ]]; then',
    '  echo "::error::the variable ZAP_IMAGE is ${ZAP_IMAGE@Q}, expected an image by its digest, as in ghcr.io/zaproxy/zaproxy:2.17.0@sha256:...; set it among the repository\'s variables of Actions (pull requests of forks do not get them)"',
    '  exit 1',
    'fi',
  ].join('\n'),
};

/** A full scan attacks its target. */
export function seeTarget(productionUrl: string, environment: string): Step {
  return {
    name: 'See that the target is staging',
    env: { STAGING_URL, PRODUCTION_HOST: new URL(productionUrl).hostname },
    run: [
      'if ! [[ "$STAGING_URL" =~ ^https?://[a-z0-9.-]+(:[0-9]+)?$ ]]; then',
      `  echo "::error::the variable STAGING_URL of the environment ${environment} is \${STAGING_URL@Q}, expected an origin, as in https://staging.example.com"`,
      '  exit 1',
      'fi',
      // By whatever scheme and port, and with the dot that ends every name.
      'host=${STAGING_URL#*://}',
      'host=${host%%:*}',
      'if [ "${host%%.}" = "$PRODUCTION_HOST" ]; then',
      '  echo "::error::STAGING_URL is the host of production: a full scan attacks what it scans"',
      '  exit 1',
      'fi',
    ].join('\n'),
  };
}
