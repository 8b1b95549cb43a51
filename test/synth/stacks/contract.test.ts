import { Testing } from 'cdktf';
import { policy } from '../../../policy';
import { AwsStack } from '../../../stacks/aws-stack';
import { publish, published } from '../../../stacks/contract';
import { dev } from '../../../stacks/environments/dev';
import { all, synthesize } from '../../support/synth/synthesize';

const whose = { policy, environment: dev() };
class Part extends AwsStack {}
const part = (fill: (stack: Part) => void) => {
  const stack = new Part(Testing.app(), 'part', { policy, environment: dev() });
  fill(stack);
  return synthesize(stack);
};

it('writes what a stack tells as parameters of its environment', () => {
  const parameters = all(
    part((stack) =>
      publish(stack, whose, 'service', {
        listenerArn: 'arn:listener',
        gatewaySecurityGroupId: 'sg-1',
        imageDigest: 'sha256:1',
      }),
    ),
    'aws_ssm_parameter',
  );
  expect(parameters).toEqual([
    { name: '/portcullis/fintech-api/dev/service/gatewaySecurityGroupId', type: 'String', value: 'sg-1' },
    { name: '/portcullis/fintech-api/dev/service/imageDigest', type: 'String', value: 'sha256:1' },
    { name: '/portcullis/fintech-api/dev/service/listenerArn', type: 'String', value: 'arn:listener' },
  ]);
});

it('reads where it was written, and only what is asked for', () => {
  const { text, locals } = part((stack) => published(stack, whose, 'data', ['storeHost']));
  const { data } = JSON.parse(text) as { data: Record<string, Record<string, { path: string }>> };
  expect(Object.values(data.aws_ssm_parameters_by_path ?? {})).toMatchObject([
    { path: '/portcullis/fintech-api/dev/data' },
  ]);
  expect(Object.keys(locals)).toHaveLength(1);
  expect(Object.values(locals)[0]).toMatch(
    /^\$\{contains\(data\.\S+\.names, "\/portcullis\/fintech-api\/dev\/data\/storeHost"\) \? /,
  );
});

it('knows no other state, and keeps to the account of its environment', () => {
  const { text, terraform } = part((stack) => published(stack, whose, 'data', ['storeHost']));
  expect(text).not.toContain('terraform_remote_state');
  expect(JSON.parse(text)).toMatchObject({
    provider: { aws: [{ region: 'eu-central-1', allowed_account_ids: ['111111111111'] }] },
  });
  expect(terraform).toMatchObject({
    backend: { s3: { key: 'portcullis/fintech-api/part-dev.tfstate' } },
    encryption: { key_provider: { aws_kms: {} } },
    required_providers: { aws: { version: '~> 6.13' } },
  });
});
