#!/usr/bin/env bash
# An upgrade, of an API that was created, while it runs. test/packages runs it, with published packages.
# Page: docs/upgrading.md
# Page: docs/start.md
# Here <version> is $VERSION
. "$(dirname "$0")/prelude.sh"

npm install @portcullis/runtime@$VERSION @portcullis/constructs@$VERSION @portcullis/cli@$VERSION --ignore-scripts
for name in runtime constructs cli; do grep --quiet "\"version\": \"$VERSION\"" "node_modules/@portcullis/$name/package.json"; done
npm run typecheck
npm test
npx portcullis plan -e local | grep 'no change'
