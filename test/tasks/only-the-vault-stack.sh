#!/usr/bin/env bash
# Only the Vault stack: that of the page, in an empty app, with servers and a state on this machine.
# Page: constructs/README.md
. "$(dirname "$0")/prelude.sh"

mkdir only-vault
cd only-vault
ln -s "$CHECKOUT/node_modules" node_modules
echo '{ "language": "typescript", "app": "node --require tsx/cjs main.ts", "projectId": "orders" }' >cdktf.json
awk '/^```ts$/ { shown = 1; next } /^```$/ { exit } shown' "$CHECKOUT/constructs/README.md" |
  sed -e "s#{ kind: 's3'.*}#{ kind: 'local', directory: '.' }#" \
    -e "s#{ keyProvider: 'aws_kms'.*}#{ keyProvider: 'passphrase' }#" \
    -e "s#host: 'db.example.com',#host: '$POSTGRES_HOST', port: $POSTGRES_PORT, sslMode: 'disable',#" >orders-vault.ts
cat >main.ts <<'END'
import { App } from 'cdktf';
import { OrdersVault } from './orders-vault';

const app = new App();
new OrdersVault(app);
app.synth();
END

TF_VAR_postgres_admin_password=$POSTGRES_PASSWORD npx cdktf deploy orders-vault --auto-approve
npx portcullis plan orders-vault
"$BAO" read database/creds/orders-role
