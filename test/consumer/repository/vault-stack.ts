import { VaultProvider } from '@cdktf/provider-vault/lib/provider';
import {
  AppRoleLogin,
  AppRoleMount,
  DatabaseMount,
  KvEntry,
  KvMount,
  PostgresConnection,
  PostgresRole,
  SecretVariable,
  WrappedSecretIdMinter,
  relaxProviderPin,
  useBackend,
} from '@portcullis/constructs';
import { TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import type { Environment } from './environments';
import { orders, payments } from './policies';
import { called, inside } from './shape';

/** What people keep stays, until they say otherwise. */
const preventDestroy = process.env.KEEP !== 'false';

/**
 * The secrets of one environment of the shop. The platform team has mounted an AppRole method (`machines`) and a KV engine
 * (`shared`); the rest is the shop's own.
 */
export class VaultStack extends TerraformStack {
  constructor(scope: Construct, { name }: Environment) {
    super(scope, `vault-${name}`);
    useBackend(this, { kind: 'local', directory: process.env.STATES ?? 'states' });
    new VaultProvider(this, 'vault', { skipChildToken: true });
    relaxProviderPin(this, 'vault');
    const team = inside(this);

    const machines = AppRoleMount.at('machines');
    const shared = KvMount.at('shared');
    const ordersLogin = new AppRoleLogin(team, called('orders'), {
      name: `orders-${name}`,
      mount: machines,
      policy: orders,
    });
    new WrappedSecretIdMinter(team, called('orders-start'), { login: ordersLogin });
    const paymentsLogin = new AppRoleLogin(team, called('payments'), {
      name: `payments-${name}`,
      mount: machines,
      policy: payments,
    });
    shared.grantRead(ordersLogin, 'exchange-rates');
    shared.grantRead(paymentsLogin, 'exchange-rates');

    const secrets = new KvMount(team, called('secrets'), { path: `shop-${name}`, preventDestroy });
    secrets.grantRead(paymentsLogin, 'payments/limits');
    new KvEntry(team, called('orders-config'), {
      mount: secrets,
      name: 'orders/config',
      data: new SecretVariable(team, called('orders-config-value'), {
        name: 'orders_config',
        description: 'Configuration of orders that is secret',
        fields: ['encryption_key'],
        version: 1,
      }),
      preventDestroy,
    }).grantRead(ordersLogin);

    const postgres = new PostgresConnection(team, called('postgres'), {
      mount: new DatabaseMount(team, called('database'), {
        path: `shop-${name}-database`,
        policy: orders,
        preventDestroy,
      }),
      name: 'postgres',
      host: '127.0.0.1',
      port: Number(process.env.POSTGRES_PORT ?? 5_432),
      database: 'shop',
      sslMode: 'disable',
      username: `vault_${name}`,
      bootstrapPassword: new SecretVariable(team, called('postgres-password'), {
        name: 'postgres_password',
        description: `Password of vault_${name} up to the first deploy`,
        version: 1,
      }),
      preventDestroy,
    });
    new PostgresRole(team, called('orders-role'), {
      connection: postgres,
      name: 'orders',
      memberOf: 'shop_app',
    }).grantLease(ordersLogin);
  }
}
