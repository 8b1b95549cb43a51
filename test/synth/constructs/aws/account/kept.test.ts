/** Logs and keys: the engine refuses to destroy them, unless the construct that they are of says otherwise. */
import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { EncryptionKey, type LogOptions } from '@portcullis/constructs/aws';
import type { TerraformStack } from 'cdktf';
import {
  gatewayProps,
  httpApiIn,
  place,
  restApiIn,
  serviceIn,
  storeIn,
} from '../../../../support/synth/aws-fixtures';
import { all, refusedProps, stackIn, synthesize } from '../../../../support/synth/synthesize';

const key = { place, name: 'orders-logs', description: 'Logs of orders', encrypts: 'logs' } as const;

/** What guards each resource of a type. */
const guards = (type: string, build: (stack: TerraformStack) => unknown): unknown[] =>
  all(synthesize(build), type).map(
    ({ lifecycle }) => (lifecycle as { prevent_destroy?: unknown } | undefined)?.prevent_destroy,
  );

it.each<[string, number, (stack: TerraformStack, logs?: LogOptions) => unknown]>([
  ['of a service', 1, (stack, logs) => serviceIn(stack, logs && { logs })],
  ['of a store', 2, (stack, logs) => storeIn(stack, logs && { logs })],
  // With its Lambda authorizer.
  ['of an HTTP API', 2, (stack, logs) => httpApiIn(stack, { auth: {}, ...(logs && { logs }) })],
  // With its executions, its firewall and its authorizer.
  ['of a REST API', 4, (stack, logs) => restApiIn(stack, logs && { logs })],
])('keeps the logs %s', (_what, count, build) => {
  const type = 'aws_cloudwatch_log_group';
  const { logs } = gatewayProps;
  expect(guards(type, (stack) => build(stack))).toEqual(Array(count).fill(true));
  expect(guards(type, (stack) => build(stack, { ...logs, preventDestroy: false }))).toEqual(
    Array(count).fill(false),
  );
});

it('keeps a key', () => {
  const guardsOf = (props: object) =>
    guards('aws_kms_key', (stack) => {
      new AwsProvider(stack, 'provider', {});
      new EncryptionKey(stack, 'key', { ...key, ...props });
    });
  expect(guardsOf({})).toEqual([true]);
  expect(guardsOf({ preventDestroy: false })).toEqual([false]);
});

it('keeps the key of a store for as long as the store', () => {
  const guardsOf = (preventDestroy?: boolean) =>
    guards('aws_kms_key', (stack) => storeIn(stack, preventDestroy === undefined ? {} : { preventDestroy }));
  expect([guardsOf(), guardsOf(false)]).toEqual([[true], [false]]);
});

it.each(['false', 0, null])('refuses a guard that is neither true nor false: %j', (preventDestroy) => {
  expect(() => new EncryptionKey(stackIn(), 'key', { ...key, preventDestroy } as never)).toThrow(
    refusedProps('preventDestroy'),
  );
  expect(() => serviceIn(stackIn(), { logs: { ...gatewayProps.logs, preventDestroy } as never })).toThrow(
    refusedProps('logs.preventDestroy'),
  );
});
