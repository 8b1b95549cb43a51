#!/usr/bin/env bash
# An API of one's own behind a Keycloak that is there: the realm from the policy, and a token of it. test/providers runs it.
# Page: docs/identity-stack.md
# Page: docs/start.md
# Here staging is local
# Here fintech-web is billing
# Here server.js is --import tsx server.ts
. "$(dirname "$0")/prelude.sh"
create_api

# shown <number>: that snippet of the page's section for repositories like this one.
shown() {
  awk -v wanted="$1" '/^## In a repository of your own/ { here = 1 } here && /^```ts$/ { count++; next } /^```$/ { if (count == wanted) exit }
    here && count == wanted' "$CHECKOUT/docs/identity-stack.md"
}
shown 1 >portcullis.config.ts
npx portcullis identity plan -e local
npx portcullis identity apply -e local
npx portcullis identity plan -e local | grep 'everything is as it has to be'
npx portcullis identity secret billing -e local >"$WORK/secret"

shown 2 | sed "s#https://id.example.com#$KEYCLOAK_URL#" >identity.ts
sed -i "1a import { identity } from './identity.js';" protect.ts
sed -i 's/policy, issuer, limiter/policy, ...identity.verify, limiter/' protect.ts
npx portcullis start -- node --import tsx server.ts 2>"$WORK/start.txt" &
soon grep --quiet ', after' "$WORK/start.txt"
API=$(grep --only-matching 'http://[^,]*, after' "$WORK/start.txt" | cut -d , -f 1)
soon answers 401 /orders

token=$(curl --silent --user "billing:$(cat "$WORK/secret")" --data grant_type=client_credentials \
  --data-urlencode 'scope=read:orders organization' "$KEYCLOAK_URL/realms/orders-api/protocol/openid-connect/token" |
  node -p 'JSON.parse(fs.readFileSync(0, "utf8")).access_token')
answers 200 /orders "$token" || fail "the token of Keycloak was answered $(status /orders "$token")"
