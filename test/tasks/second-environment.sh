#!/usr/bin/env bash
# A second environment, of an API that was created. Leaves the repository in the folder orders-api.
# Page: docs/second-environment.md
. "$(dirname "$0")/prelude.sh"
create_api

sed -i "s/^new VaultStack(app, 'local');/&\nnew VaultStack(app, 'staging');/" stacks/main.ts
sed -i 's/local: {}/&, staging: {}/' portcullis.config.ts
npx portcullis doctor staging | tee "$WORK/doctor.txt" || true
grep "$VAULT_ADDR" "$WORK/doctor.txt"

npx portcullis lock -e staging
# Danger: on this machine nothing speaks TLS to the databases.
exits 4 npx portcullis plan -e staging
TF_VAR_postgres_admin_password=$POSTGRES_PASSWORD npx cdktf deploy vault-staging --auto-approve
npx portcullis plan -e staging
commit 'staging'
