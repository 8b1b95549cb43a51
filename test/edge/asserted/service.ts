import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  type ContainerDefinition,
  type Service,
} from '@aws-sdk/client-ecs';
import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { policy } from '../../../policy';
import { awsNamesOf } from '../../../stacks/aws-names';
import type { Applied } from '../applied';
import { IMAGE_DIGEST } from '../deployment';

export function describeService(applied: () => Applied): void {
  describe('the service', () => {
    it('runs an image by its digest, as nobody, on a file system that it cannot write to', async () => {
      const { containers } = await task();
      expect(containers).toHaveLength(1);
      expect(containers[0]).toMatchObject({
        image: expect.stringContaining(`@${IMAGE_DIGEST}`) as string,
        readonlyRootFilesystem: true,
        linuxParameters: { capabilities: { drop: ['ALL'] } },
      });
      expect(containers[0]?.user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
      expect(containers[0]?.privileged ?? false).toBe(false);
    });

    it('is told places and no secret', async () => {
      const { containers } = await task();
      for (const { environment: variables = [], secrets = [] } of containers) {
        expect(secrets).toEqual([]);
        expect(variables.map(({ name }) => name)).not.toContainEqual(
          expect.stringMatching(/SECRET|PASSWORD|TOKEN|KEY/),
        );
      }
    });

    it('has no address of the internet, and is planned to take a deployment back that does not get ready', async () => {
      const [planned] = applied().planned('aws_ecs_service');
      expect(planned).toMatchObject({
        deployment_circuit_breaker: [{ enable: true, rollback: true }],
      });
      const { service } = await task();
      expect(service).toMatchObject({
        launchType: 'FARGATE',
        networkConfiguration: { awsvpcConfiguration: { assignPublicIp: 'DISABLED' } },
      });
    });

    it('is sent requests while it says that it is ready, over TLS 1.2 or newer, from inside', async () => {
      const client = new ElasticLoadBalancingV2Client(applied().account.client);
      const { LoadBalancers = [] } = await client.send(new DescribeLoadBalancersCommand());
      expect(LoadBalancers.map(({ Scheme }) => Scheme)).not.toContain('internet-facing');
      const balancer = LoadBalancers.find(({ Type }) => Type === 'application');
      const { Listeners } = await client.send(
        new DescribeListenersCommand({ LoadBalancerArn: balancer?.LoadBalancerArn }),
      );
      expect(Listeners).toEqual([
        expect.objectContaining({
          Protocol: 'HTTPS',
          SslPolicy: expect.stringMatching(/^ELBSecurityPolicy-TLS13-1-2-/) as string,
        }),
      ]);
      const { TargetGroups = [] } = await client.send(new DescribeTargetGroupsCommand());
      for (const { HealthCheckPath } of TargetGroups) expect(HealthCheckPath).toBe('/readyz');
    });

    it('is planned to run as many tasks as the environment says', () => {
      const [target] = applied().planned('aws_appautoscaling_target');
      const { min, max } = applied().environment.aws.tasks;
      expect(target).toMatchObject({ min_capacity: min, max_capacity: max });
    });

    async function task(): Promise<{ containers: ContainerDefinition[]; service: Service | undefined }> {
      const ecs = new ECSClient(applied().account.client);
      const { service: name } = awsNamesOf(policy, applied().environment);
      const { services } = await ecs.send(new DescribeServicesCommand({ cluster: name, services: [name] }));
      const [service] = services ?? [];
      const { taskDefinition } = await ecs.send(
        new DescribeTaskDefinitionCommand({ taskDefinition: service?.taskDefinition }),
      );
      return { service, containers: taskDefinition?.containerDefinitions ?? [] };
    }
  });
}
