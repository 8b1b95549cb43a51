#!/usr/bin/env bash
# A limit at night, in what `npm start` runs.
# Page: docs/raise-a-limit.md
# Page: docs/start.md
# Here pro is free
# Here acme is org-free-one
. "$(dirname "$0")/prelude.sh"

free=$(npx portcullis token free)
soon answers 429 /api/transactions "$free"

npx portcullis limits top | grep org-free-one
npx portcullis limits show org-free-one
npx portcullis limits set org-free-one 5000/1m --until 4h --reason 'their import, ticket 42'
answers 200 /api/transactions "$free" || fail 'the limit is as it was'
npx portcullis limits show org-free-one 2>&1 | grep 'their import, ticket 42'
npx portcullis limits unset org-free-one
