#!/usr/bin/env bash
# An encryption key, in what `npm start` runs, while somebody is logged in.
# Page: docs/rotate-keys.md
. "$(dirname "$0")/prelude.sh"

site=${API/127.0.0.1/localhost} # where the provider sends people back to
ada=(curl --silent --fail --location --cookie "$WORK/cookies" --cookie-jar "$WORK/cookies")
provider=$("${ada[@]}" --output "$WORK/sign-in.html" --write-out '%{url_effective}' "$site/auth/login?returnTo=/api/me")
person=$(grep --only-matching --max-count 1 'name="person" value="[^"]*"' "$WORK/sign-in.html" | cut -d '"' -f 4)
"${ada[@]}" --data-urlencode "person=$person" "$provider" | grep "$person"

openssl rand -base64 32 | npx portcullis secrets put secret/fintech-api/config encryption_key
soon grep --quiet '"type":"kv_changed"' "$LOG"
"${ada[@]}" "$site/api/me" | grep "$person" || fail 'the new key logged somebody out'
