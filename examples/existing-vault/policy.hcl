# What the app's token may do, and nothing else. The default policy allows more: the role leaves it out.
path "auth/token/lookup-self" { capabilities = ["read"] }
path "auth/token/renew-self"  { capabilities = ["update"] }
path "auth/token/revoke-self" { capabilities = ["update"] }

# Users of PostgreSQL: leased, and given back by their own path, so that nobody else's can be.
path "teams/db/creds/orders" { capabilities = ["read"] }
path "sys/leases/revoke/teams/db/creds/orders/*" {
  capabilities      = ["update"]
  denied_parameters = { "lease_id" = [] }
}

path "teams/kv/data/orders/config" { capabilities = ["read"] }
path "teams/kv/data/orders/limits" { capabilities = ["read"] }
