import { asDefined } from '../../containers/as-defined';

const container = {
  name: 'orders',
  image: '333333333333.dkr.ecr.eu-central-1.amazonaws.com/orders@sha256:0a',
  essential: true,
  user: '65532:65532',
  readonlyRootFilesystem: true,
  linuxParameters: { initProcessEnabled: true, capabilities: { drop: ['ALL'] } },
  environment: [{ name: 'PORT', value: '3000' }],
  healthCheck: { command: ['CMD', 'node', '-e', '1'], interval: 10, timeout: 5, retries: 3, startPeriod: 30 },
  stopTimeout: 30,
  cpu: 0,
  mountPoints: [],
};
const task = { cpu: '512', memory: '1024' };

it('says to Docker what a task definition says to ECS', () => {
  expect(asDefined({ ...task, containerDefinitions: [container] })).toEqual({
    User: '65532:65532',
    Env: ['PORT=3000'],
    StopTimeout: 30,
    Healthcheck: {
      Test: ['CMD', 'node', '-e', '1'],
      ...{ Interval: 10e9, Timeout: 5e9, Retries: 3, StartPeriod: 30e9 },
    },
    HostConfig: {
      ReadonlyRootfs: true,
      Init: true,
      CapDrop: ['ALL'],
      CapAdd: [],
      Memory: 1_073_741_824,
      MemorySwap: 1_073_741_824,
      NanoCpus: 500_000_000,
    },
  });
});

it('drops nothing: what it cannot say, it refuses', () => {
  const more = { ...container, privileged: true, linuxParameters: { sharedMemorySize: 64 } };
  expect(() => asDefined({ ...task, containerDefinitions: [{ ...container, privileged: true }] })).toThrow(
    /privileged \(true\)/,
  );
  expect(() => asDefined({ ...task, containerDefinitions: [more] })).toThrow(/sharedMemorySize \(64\)/);
  expect(() => asDefined({ ...task, containerDefinitions: [container, container] })).toThrow(/received 2/);
});
