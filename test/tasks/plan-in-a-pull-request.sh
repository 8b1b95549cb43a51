#!/usr/bin/env bash
# A plan in a pull request: one that is dangerous, and one that is reviewed and applied. Begins where the task
# second-environment ended.
# Page: docs/plans.md
# Here <digest> is "$digest"
. "$(dirname "$0")/prelude.sh"
cd orders-api

git switch --quiet --create from-anywhere
sed -i "s#'127.0.0.0/8'#'0.0.0.0/0'#" stacks/vault-stack.ts
exits 4 npx portcullis plan vault-staging --out reviewed.json | tee "$WORK/plan.txt"
grep '0.0.0.0/0' "$WORK/plan.txt"

git restore stacks
sed -i 's#/limits`#/settings`#' stacks/vault-stack.ts
exits 2 npx portcullis plan vault-staging --out reviewed.json | tee "$WORK/plan.txt"
digest=$(grep --only-matching --max-count 1 'digest [^ ]*' "$WORK/plan.txt" | cut -d ' ' -f 2)
npx portcullis deploy --reviewed "$digest" --changes reviewed.json
npx portcullis plan vault-staging --out reviewed.json | grep 'no change'
