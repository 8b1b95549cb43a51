#!/usr/bin/env bash
# Mounts that exist, and whose names are the platform team's: the runtime alone.
# Page: docs/existing-vault.md
# Here … is "${role[@]}"
. "$(dirname "$0")/prelude.sh"

# What the platform team has.
"$BAO" auth enable -path=machines approle
"$BAO" secrets enable -path=teams/db database
"$BAO" secrets enable -path=teams/kv -version=2 kv
"$BAO" write teams/db/config/postgres plugin_name=postgresql-database-plugin allowed_roles=orders \
  "connection_url=postgresql://{{username}}:{{password}}@$POSTGRES_HOST:$POSTGRES_PORT/orders?sslmode=disable" \
  username=vault_admin "password=$POSTGRES_PASSWORD"
soon "$BAO" kv put -mount=teams/kv orders/config webhook_key=first
role=(db_name=postgres default_ttl=1h max_ttl=1h
  "creation_statements=CREATE ROLE \"{{name}}\" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}' IN ROLE orders_app;")

# What the page says.
cp "$CHECKOUT/examples/existing-vault/policy.hcl" .
vault policy write orders policy.hcl
vault write auth/machines/role/orders token_policies=orders token_no_default_policy=true \
  token_period=1h secret_id_num_uses=1 secret_id_ttl=10m
vault write teams/db/roles/orders "${role[@]}"
VAULT_WRAPPED_SECRET_ID=$(vault write -f -wrap-ttl=120s auth/machines/role/orders/secret-id | awk '/^wrapping_token:/ { print $2 }')
VAULT_ROLE_ID=$("$BAO" read -field=role_id auth/machines/role/orders/role-id)
export VAULT_ROLE_ID VAULT_WRAPPED_SECRET_ID PGHOST=$POSTGRES_HOST PGPORT=$POSTGRES_PORT PGDATABASE=orders

ln -s "$CHECKOUT/node_modules" node_modules
node_modules/.bin/esbuild "$CHECKOUT/examples/existing-vault/server.mts" --log-level=error --outfile=server.mjs \
  --bundle --platform=node --format=esm --packages=external "--alias:@portcullis/runtime=$CHECKOUT/runtime/src/index.ts" \
  "--banner:js=import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);"
node server.mjs &
API=http://127.0.0.1:$PORT
soon answers 200 /status
answers 401 /orders || fail 'an order was shown to somebody without a token'
