/** AWS GovCloud and China are partitions of their own: other ARNs, and in China other host names. */
import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { EncryptionKey, GatewayAccount, deployRoleArns, storeAccess } from '@portcullis/constructs/aws';
import { serviceIn, serviceProps, storeIn } from '../../../../support/synth/aws-fixtures';
import { refusedProps, stackIn, synthesize } from '../../../../support/synth/synthesize';

const account = '333333333333';
const digest = `sha256:${'0a'.repeat(32)}`;

describe.each([
  ['aws', 'eu-central-1', 'amazonaws.com'],
  ['aws-us-gov', 'us-gov-west-1', 'amazonaws.com'],
  ['aws-cn', 'cn-north-1', 'amazonaws.com.cn'],
] as const)('in %s', (partition, region, suffix) => {
  const place = { region, account };
  const logs = { retentionDays: 365, keyArn: `arn:${partition}:kms:${region}:${account}:key/0a1b2c3d` };
  const partitionsIn = (text: string) => [
    ...new Set([...text.matchAll(/arn:(aws[\w-]*):/g)].map(([, named]) => named)),
  ];

  it('the service, its store and their key name it everywhere', () => {
    const { text } = synthesize((stack) => {
      storeIn(stack, { place, logs });
      new EncryptionKey(stack, 'key', { place, name: 'logs', description: 'Logs', encrypts: 'logs' });
    });
    const service = synthesize((stack) =>
      serviceIn(stack, {
        place,
        logs,
        image: `${account}.dkr.ecr.${region}.${suffix}/orders@${digest}`,
        permissions: [storeAccess(place, { store: 'orders-limits', user: 'orders' })],
        certificateArn: `arn:${partition}:acm:${region}:${account}:certificate/0a1b2c3d`,
      }),
    );
    expect(partitionsIn(text)).toEqual([partition]);
    expect(partitionsIn(service.text)).toEqual([partition]);
    expect(text).toContain(`logs.${region}.${suffix}\\"`);
    expect(text).toContain(`elasticache.${region}.${suffix}\\"`);
  });

  it('the gateways’ log role and the jobs’ roles name it', () => {
    const jobs = { place, repository: 'example/orders', environment: 'prod' };
    const { text } = synthesize((stack) => {
      new AwsProvider(stack, 'provider', {});
      new GatewayAccount(stack, 'account', { place });
    });
    expect(partitionsIn(text)).toEqual([partition]);
    expect(partitionsIn(Object.values(deployRoleArns(jobs)).join())).toEqual([partition]);
  });
});

it('refuses an image whose host is of another partition than its region', () => {
  const image = `${account}.dkr.ecr.eu-central-1.amazonaws.com.cn/orders@${digest}`;
  expect(() => serviceIn(stackIn(), { ...serviceProps, image })).toThrow(refusedProps('image'));
});
