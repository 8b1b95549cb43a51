#!/bin/sh
# API_TOKEN=… sh client.sh <url>...: calls each in turn, at the pace that the answers ask for. Needs curl 7.76 or newer.
set -eu

answer=$(mktemp -d)
trap 'rm -rf "$answer"' EXIT
# In a file that only this user reads: arguments stand in the list of processes.
(umask 077 && printf 'Authorization: Bearer %s\n' "$API_TOKEN" >"$answer/authorization")

for url in "$@"; do
  # --retry repeats after 429 and 503, and waits as long as Retry-After says. It is for calls that change nothing.
  curl --silent --show-error --fail-with-body --retry 4 --retry-max-time 300 --max-time 30 \
    --header "@$answer/authorization" --dump-header "$answer/headers" --output "$answer/body" \
    --write-out '%{http_code} ' "$url" || true
  cat "$answer/body" && echo

  # So that what is left lasts until all of it is free again: "free";r=3;t=20, of the limit that leaves least.
  pause=$(tr -d '\r' <"$answer/headers" | awk -F '[=;,]' '
    /^HTTP\// { pause = 0 }
    tolower($1) ~ /^ratelimit:/ {
      for (i = 1; i < NF; i++) {
        if ($i == "r") remaining = $(i + 1)
        if ($i == "t" && $(i + 1) / (remaining + 1) > pause) pause = $(i + 1) / (remaining + 1)
      }
    }
    END { printf "%.2f", (pause > 300 ? 300 : pause) }')
  sleep "$pause"
done
