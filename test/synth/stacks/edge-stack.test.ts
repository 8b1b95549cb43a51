import { Testing } from 'cdktf';
import { policy } from '../../../policy';
import { bodies } from '../../../bodies';
import { EdgeStack } from '../../../stacks/edge-stack';
import type { AwsEnvironment } from '../../../stacks/environments/define-environment';
import { dev } from '../../../stacks/environments/dev';
import { prod } from '../../../stacks/environments/prod';
import { staging } from '../../../stacks/environments/staging';
import { all, only, synthesize, type Synthesized } from '../../support/synth/synthesize';

function edgeOf(environment: AwsEnvironment): { environment: AwsEnvironment; found: Synthesized } {
  const found = synthesize(new EdgeStack(Testing.app(), { policy, environment, bodies }));
  return { environment, found };
}

const stacks = { dev: edgeOf(dev()), staging: edgeOf(staging()), prod: edgeOf(prod()) };
const TYPES = { http: 'aws_apigatewayv2_api', rest: 'aws_api_gateway_rest_api' } as const;

describe.each(Object.entries(stacks))('edge-%s', (_name, { environment, found }) => {
  const { aws } = environment;
  const other = aws.gateway === 'http' ? 'rest' : 'http';

  it('has the gateway that its file names, under its domain', () => {
    expect(only(found, TYPES[aws.gateway])).toMatchObject({ disable_execute_api_endpoint: true });
    expect(all(found, TYPES[other])).toEqual([]);
    expect(
      [...all(found, 'aws_apigatewayv2_domain_name'), ...all(found, 'aws_api_gateway_domain_name')].map(
        ({ domain_name }) => domain_name,
      ),
    ).toEqual([aws.domain]);
  });

  it('keeps every log for as long as its file says, under the key of the environment', () => {
    const groups = all(found, 'aws_cloudwatch_log_group');
    expect(groups.length).toBeGreaterThan(1);
    for (const { retention_in_days, kms_key_id } of groups) {
      expect(retention_in_days).toBe(aws.logRetentionDays);
      expect(kms_key_id).toMatch(/^\$\{local\.data-published_logsKeyArn_\w+\}$/);
    }
  });

  it('is what was reviewed', () => {
    // The authorizer's code is tested as such; its hash would change with every line of the runtime.
    const text = found.text
      .replace(/("filename": "assets\/[\w-]+\/)\w+\.zip"/, '$1HASH.zip"')
      .replace(/("source_code_hash": )"[^"]+"/, '$1"HASH"');
    const { resource, data, locals, output } = JSON.parse(text) as Record<string, unknown>;
    expect({ resource, data, locals, output }).toMatchSnapshot();
  });
});

it('differs between staging and production by what their files say, and by nothing else', () => {
  const without = ({ environment, found }: (typeof stacks)['dev']): string => {
    const { name, backend, encryption, aws } = environment;
    if (backend.kind !== 's3' || encryption.keyProvider !== 'aws_kms') throw new Error('not a shared state');
    const said = [aws.certificateArn, aws.domain, aws.account, backend.bucket, encryption.keyId, name];
    return said.reduce((text, value) => text.replaceAll(value, 'SAID'), found.text);
  };
  expect(without(stacks.staging)).toBe(without(stacks.prod));
});

it('shows no token, key or password', () => {
  for (const { found } of Object.values(stacks)) {
    expect(found.text).not.toMatch(/AKIA|BEGIN [A-Z ]*PRIVATE|eyJ[\w-]{10}|"password"/);
    expect(Object.keys(found.variable).every((name) => name.startsWith('state_'))).toBe(true);
  }
});
