/** What a deployed service says that it is, in bash. */

/** Sets `served` to the release that a service names at `/healthz`, or to `nothing`. @param url in bash, as in `$URL` */
export function askRelease(url: string): string {
  return `served=$(curl --silent --fail --max-time 10 "${url}/healthz" | jq --exit-status --raw-output .release) || served=nothing`;
}

/** Waits until a service names `$RELEASE`: it is asked every ten seconds, `tries` times. */
export function waitForRelease(url: string, { tries, name }: { tries: number; name: string }): string {
  return [
    `for _ in $(seq ${tries}); do`,
    `  ${askRelease(url)}`,
    '  if [ "$served" = "$RELEASE" ]; then exit 0; fi',
    '  sleep 10',
    'done',
    `echo "::error::${name} serves \${served@Q}, not \${RELEASE@Q}"`,
    'exit 1',
  ].join('\n');
}
