# What the scripts of tasks share. Each does what a page says, word for word, and looks whether it came true.
set -euo pipefail

# The command of this checkout stands in the place of the published one, but for test/packages.
npx() {
  local name=$1
  if [ -n "${PUBLISHED-}" ]; then
    command npx "$@"
    return
  fi
  shift
  case $name in
  portcullis) node --import "$TSX" "$CHECKOUT/cli/src/bin.ts" "$@" ;;
  cdktf) node "$CHECKOUT/node_modules/cdktf-cli/bundle/bin/cdktf" "$@" ;;
  *) command npx "$name" "$@" ;;
  esac
}

# OpenBao's command is Vault's.
vault() { "$BAO" "$@"; }

fail() {
  echo "$0: $*" >&2
  exit 1
}

# exits <code> <command…>: fails the task where the command ends otherwise.
exits() {
  local expected=$1 code=0
  shift
  "$@" || code=$?
  [ "$code" = "$expected" ] || fail "exit code $code instead of $expected: $*"
}

# status <path> [token]: what the API answers to a GET.
status() {
  curl --silent --output /dev/null --write-out '%{http_code}' ${2:+--header "Authorization: Bearer $2"} "$API$1"
}

# answers <status> <path> [token]
answers() { [ "$(status "${@:2}")" = "$1" ]; }

# soon <command…>: waits until it succeeds, two minutes at most.
soon() {
  local turn
  for turn in $(seq 600); do
    if "$@"; then return; fi
    sleep 0.2
  done
  fail "not within $turn turns: $*"
}

# An API as `npm create portcullis` writes it, in a repository of its own.
create_api() {
  npx portcullis create orders-api --yes
  cd orders-api
  ln -s "$CHECKOUT/node_modules" node_modules
  git init --quiet --initial-branch main
  commit 'as it was created'
}

commit() {
  git add --all
  git -c user.name=ada -c user.email=ada@example.com -c commit.gpgsign=false commit --quiet --message "$1"
}
