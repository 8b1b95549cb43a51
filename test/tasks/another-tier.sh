#!/usr/bin/env bash
# A tier more, in an API that was created.
# Page: docs/limits.md
. "$(dirname "$0")/prelude.sh"
create_api

sed -i "s/^    free: .*/&\n    team: [{ limit: 300, window: '1m' }],/" policy.ts
exits 2 npx portcullis policy-diff | tee "$WORK/diff.txt"
grep 'tier team' "$WORK/diff.txt"
npm test
