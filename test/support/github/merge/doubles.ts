/**
 * Doubles of what a deploy's jobs call, as commands in bash: the registry (docker), SSM (aws), GitHub (gh), the service
 * (curl) and our own command (npm). Each keeps what it is told in a folder and refuses what nobody thought of.
 */
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { policy } from '../../../../policy';
import { parameter } from '../../../../stacks/contract';
import { loadEnvironments } from '../../../../stacks/environments';
import { runsOnAws } from '../../../../stacks/environments/define-environment';

const CHECKOUT = join(__dirname, '../../../..');

const COMMANDS: Readonly<Record<string, string>> = {
  docker: `
case "$1" in
  build) head --bytes 32 /dev/urandom | sha256sum | cut -c1-64 > "$WORLD/built" ;;
  login) [ "$(cat)" = password ] ;;
  tag) mkdir -p "$WORLD/local"; cp "$WORLD/built" "$WORLD/local/$(echo "$3" | tr /: __)" ;;
  push)
    tag=$(echo "\${@: -1}" | tr /: __)
    [ ! -e "$WORLD/registry/$tag" ] || { echo "tag is immutable" >&2; exit 1; }
    mkdir -p "$WORLD/registry"; cp "$WORLD/local/$tag" "$WORLD/registry/$tag" ;;
  inspect) image="\${@: -1}"; echo "\${image%%:*}@sha256:$(cat "$WORLD/registry/$(echo "$image" | tr /: __)")" ;;
  *) echo "docker: unexpected $*" >&2; exit 1 ;;
esac`,
  aws: `
option() { local name="$1"; shift; while [ $# -gt 0 ]; do [ "$1" = "$name" ] && { echo "$2"; return; }; shift; done; }
file="$WORLD/ssm/$(option --name "$@" | tr / _)"
mkdir -p "$WORLD/ssm"
case "$1 $2" in
  "ecr get-login-password") echo password ;;
  "ssm put-parameter")
    touch "$file"
    version=$(($(wc --lines < "$file") + 1))
    jq --null-input --compact-output --argjson version $version --arg value "$(option --value "$@")" \\
      '{Version: $version, Value: $value}' >> "$file" ;;
  "ssm get-parameter") tail --lines=1 "$file" | jq --raw-output .Value ;;
  "ssm get-parameter-history") jq --slurp '{Parameters: .}' "$file" ;;
  *) echo "aws: unexpected $*" >&2; exit 1 ;;
esac`,
  // A claim that is not asked for is not checked: so each has to be.
  gh: `
case "$1 $2" in
  "attestation verify")
    image="$3"; shift 3
    asked='{}'
    while [ $# -gt 0 ]; do
      case "$1" in
        --deny-self-hosted-runners) asked=$(jq '. + {runner: "github-hosted"}' <<< "$asked"); shift ;;
        --repo | --signer-workflow | --source-ref | --source-digest | --predicate-type)
          asked=$(jq --arg name "\${1#--}" --arg value "$2" '. + {($name): $value}' <<< "$asked"); shift 2 ;;
        *) echo "unknown flag: $1" >&2; exit 1 ;;
      esac
    done
    grep --quiet --recursive "^\${image#*@sha256:}$" "$WORLD/registry" || { echo "manifest unknown" >&2; exit 1; }
    jq --exit-status --slurp --arg subject "\${image#oci://}" --argjson asked "$asked" \\
      'map(select(.subject == $subject and (.claims | contains($asked)))) | length > 0' \\
      "$WORLD/attestations" > /dev/null || { echo "no attestation says $asked of $image" >&2; exit 1; } ;;
  "run download")
    shift 2
    while [ $# -gt 0 ]; do case "$1" in --name) name="$2" ;; --dir) dir="$2" ;; esac; shift; done
    mkdir -p "$dir" && cp "$WORLD/artifacts/$name/"* "$dir/" ;;
  "issue create") echo "$*" >> "$WORLD/issues"; cat "\${@: -1}" >> "$WORLD/issues"; echo "https://github.com/example/issues/7" ;;
  "issue comment") [ "$3" = 7 ] && cat "\${@: -1}" >> "$WORLD/issues" ;;
  "issue close") [ "$3" = 7 ] && echo closed >> "$WORLD/issues" ;;
  *) echo "gh: unexpected $*" >&2; exit 1 ;;
esac`,
  curl: `
host=$(echo "\${@: -1}" | sed -E 's|https://([^/]*)/healthz|\\1|')
jq --null-input --arg release "$(cat "$WORLD/served/$host")" '{release: $release}'`,
  sleep: 'true',
  // A plan's digest is of the image that it would deploy. An apply notes it where the real stack does, and it is served.
  npm: `
[ "$1" = ci ] && exit 0
[ "$1 $2 $3 $4" = "run --silent portcullis --" ] || { echo "npm: unexpected $*" >&2; exit 1; }
command="$5"; shift 5
digest() { echo "$1:$(echo "$1 $PORTCULLIS_IMAGE_DIGEST" | sha256sum | cut -c1-64)"; }
real() {
  TSX_TSCONFIG_PATH="${CHECKOUT}/tsconfig.json" node --import "${CHECKOUT}/node_modules/tsx/dist/loader.mjs" "$@"
}
case "$command" in
  plan)
    digests=
    while [ "$1" != --markdown ]; do digests="$digests $(digest "$1")"; shift; done
    echo '{}' > reviewed.json
    echo "digests=\${digests# }" >> "$GITHUB_OUTPUT" ;;
  deploy)
    if [ "$1" = --break-glass ]; then real "${__dirname}/second-person.ts" "$@"; fi
    while [ "$1" != --reviewed ]; do shift; done
    shift
    for reviewed in "$@"; do
      stack="\${reviewed%%:*}"
      [ "$reviewed" = "$(digest "$stack")" ] || { echo "$stack would now change otherwise" >&2; exit 5; }
      [[ "$stack" == service-* ]] || continue
      IFS=' ' read -r domain parameter < "$WORLD/environments/\${stack#service-}"
      echo "$PORTCULLIS_IMAGE_DIGEST" > "$WORLD/served/$domain"
      aws ssm put-parameter --name "$parameter" --value "$PORTCULLIS_IMAGE_DIGEST"
      echo "\${stack#service-} $PORTCULLIS_IMAGE_DIGEST" >> "$WORLD/applied"
    done ;;
  verify)
    echo "$*" >> "$WORLD/verified"
    exit "$(cat "$WORLD/verdict" 2> /dev/null || echo 3)" ;;
  rollback) real "${CHECKOUT}/cli/src/main.ts" rollback "$@" ;;
  *) echo "portcullis: unexpected $command" >&2; exit 1 ;;
esac`,
};

/** @returns the folder to put before `PATH` */
export async function installDoubles(world: string): Promise<string> {
  const bin = join(world, 'bin');
  await mkdir(bin, { recursive: true });
  for (const name of ['served', 'registry', 'artifacts', 'environments'])
    await mkdir(join(world, name), { recursive: true });
  for (const [name, script] of Object.entries(COMMANDS)) {
    const file = join(bin, name);
    await writeFile(file, `#!/bin/bash\nset -euo pipefail\n${script.trim()}\n`);
    await chmod(file, 0o755);
  }
  for (const environment of loadEnvironments().filter(runsOnAws)) {
    const { name, aws } = environment;
    const told = `${aws.domain} ${parameter({ policy, environment }, 'service', 'imageDigest')}\n`;
    await writeFile(join(world, 'environments', name), told);
  }
  return bin;
}
