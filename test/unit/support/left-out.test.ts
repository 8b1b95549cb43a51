import { leaveOut, type LeftOut } from '../../support/left-out';

const lacks: readonly LeftOut[] = [
  { type: 'aws_store', reason: 'no CreateStore', instead: { host: 'store.invalid' } },
  { type: 'aws_stage', argument: 'tags', reason: 'no TagStage' },
];

describe('what moto lacks is left out', () => {
  it('as a whole, or by argument, with a line for each', () => {
    const { configuration, lines } = leaveOut(
      {
        resource: {
          aws_store: { one: { size: 1 }, two: { size: 2 } },
          aws_stage: { live: { name: 'live', tags: {} }, untagged: { name: 'other' } },
        },
      },
      lacks,
    );
    expect(configuration).toEqual({
      resource: { aws_stage: { live: { name: 'live' }, untagged: { name: 'other' } } },
    });
    expect(lines).toEqual([
      'left out: aws_store.one: no CreateStore',
      'left out: aws_store.two: no CreateStore',
      'left out: aws_stage.live.tags: no TagStage',
    ]);
  });

  it('and what refers to it gets what stands for it, or waits no longer', () => {
    const { configuration } = leaveOut(
      {
        resource: {
          aws_store: { one: {} },
          aws_parameter: {
            host: {
              value: 'redis://${aws_store.one.host}:6379',
              depends_on: ['aws_store.one', 'aws_stage.live'],
            },
          },
        },
      },
      lacks,
    );
    expect(configuration.resource.aws_parameter.host).toEqual({
      value: 'redis://${"store.invalid"}:6379',
      depends_on: ['aws_stage.live'],
    });
  });

  it('never silently: a reference that nothing stands for is an error', () => {
    expect(() =>
      leaveOut({ resource: { aws_parameter: { arn: { value: '${aws_store.one.arn}' } } } }, lacks),
    ).toThrow('aws_store.one.arn is referred to, but aws_store is left out');
  });
});
