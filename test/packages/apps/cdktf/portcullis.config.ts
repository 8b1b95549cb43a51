import { defineConfig } from '@portcullis/cli';
import { policy } from './policy';

const vaultAddress = 'https://vault.example.com';

export default defineConfig({
  policy,
  environments: { live: { vaultAddress, stacks: ['orders-vault'] } },
  repository: {
    delivery: {
      vault: { planRole: 'plan', deployRole: 'deploy' },
      environments: [
        {
          name: 'live',
          stacks: ['orders-vault'],
          vaultAddress,
          aws: {
            region: 'eu-central-1',
            planRoleArn: 'arn:aws:iam::555555555555:role/orders-plan',
            deployRoleArn: 'arn:aws:iam::555555555555:role/orders-deploy',
          },
        },
      ],
    },
    scanning: {
      policy,
      stagingUrl: 'https://staging.orders.example.com',
      productionUrl: 'https://orders.example.com',
      tokenUrl: 'https://auth.example.com/token',
      vault: { address: vaultAddress, role: 'scan', secretPath: 'secret/data/orders/scan' },
    },
    codeOwners: ['@example/platform'],
  },
});
