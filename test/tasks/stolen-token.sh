#!/usr/bin/env bash
# A stolen token, in what `npm start` runs.
# Page: docs/stolen-token.md
# Page: docs/start.md
# Here token.txt is "$WORK/token.txt"
. "$(dirname "$0")/prelude.sh"

npx portcullis token pro >"$WORK/token.txt"
stolen=$(cat "$WORK/token.txt")
answers 200 /api/transactions "$stolen" || fail 'the token was refused before it was revoked'

npx portcullis revoke --reason "ticket 4711" < "$WORK/token.txt"
soon answers 401 /api/transactions "$stolen"
answers 200 /api/transactions "$(npx portcullis token pro)" || fail 'the client was refused with it'
