import { Lb } from '@cdktf/provider-aws/lib/lb';
import { LbListener } from '@cdktf/provider-aws/lib/lb-listener';
import { LbTargetGroup, type LbTargetGroupHealthCheck } from '@cdktf/provider-aws/lib/lb-target-group';
import { LbTargetGroupAttachment } from '@cdktf/provider-aws/lib/lb-target-group-attachment';
import { Construct } from 'constructs';
import type { PrivateNetwork } from '../network/private-network';
import { letThrough, securityGroup } from '../network/security-groups';

export interface InternalLoadBalancerProps {
  readonly name: string;
  readonly network: PrivateNetwork;
  readonly certificateArn: string;
  /** Of the tasks, which speak HTTP to it alone. */
  readonly port: number;
  /** Adds a network load balancer in front. @default false */
  readonly networkLoadBalancer?: boolean;
}

const HTTPS = 443;
/** TLS 1.2 with forward secrecy, or 1.3. */
const TLS_POLICY = 'ELBSecurityPolicy-TLS13-1-2-2021-06';
const READY: LbTargetGroupHealthCheck = {
  path: '/readyz',
  matcher: '200',
  interval: 10,
  timeout: 5,
  healthyThreshold: 2,
  unhealthyThreshold: 3,
};

/** Speaks TLS to the gateway, and sends requests to tasks that are ready. Nothing reaches it from the internet. */
export class InternalLoadBalancer extends Construct {
  readonly listener: LbListener;
  readonly listenerArn: string;
  readonly targetGroupArn: string;
  /** Of the load balancer itself. */
  readonly securityGroupId: string;
  /** Of those who may connect to it. */
  readonly clientsSecurityGroupId: string;
  readonly networkLoadBalancerArn: string | undefined;

  constructor(scope: Construct, id: string, props: InternalLoadBalancerProps) {
    super(scope, id);
    const { name, network, port } = props;
    const { vpcId } = network;
    this.securityGroupId = securityGroup(this, 'group', {
      vpcId,
      name: `${name}-balancer`,
      description: `The load balancer of ${name}`,
    });
    this.clientsSecurityGroupId = securityGroup(this, 'clients', {
      vpcId,
      name: `${name}-gateway`,
      description: `May connect to the load balancer of ${name}`,
    });
    letThrough(this, 'https', {
      from: this.clientsSecurityGroupId,
      to: this.securityGroupId,
      port: HTTPS,
      description: 'Requests, from the gateway',
    });

    const balancer = new Lb(this, 'balancer', {
      name,
      internal: true,
      loadBalancerType: 'application',
      subnets: [...network.privateSubnetIds],
      securityGroups: [this.securityGroupId],
      dropInvalidHeaderFields: true,
      desyncMitigationMode: 'strictest',
    });
    const tasks = new LbTargetGroup(this, 'tasks', {
      name,
      vpcId,
      targetType: 'ip',
      protocol: 'HTTP',
      port,
      healthCheck: READY,
      // As long as the app waits for requests in flight.
      deregistrationDelay: '10',
    });
    this.listener = new LbListener(this, 'listener', {
      loadBalancerArn: balancer.arn,
      protocol: 'HTTPS',
      port: HTTPS,
      sslPolicy: TLS_POLICY,
      certificateArn: props.certificateArn,
      defaultAction: [{ type: 'forward', targetGroupArn: tasks.arn }],
    });
    this.listenerArn = this.listener.arn;
    this.targetGroupArn = tasks.arn;
    if (props.networkLoadBalancer) {
      this.networkLoadBalancerArn = this.inFront(`${name}-rest`, network, balancer).arn;
    }
  }

  /** Passes what arrives on as it is: TLS ends at the application load balancer. */
  private inFront(name: string, { vpcId, privateSubnetIds }: PrivateNetwork, balancer: Lb): Lb {
    const front = new Lb(this, 'front', {
      name,
      internal: true,
      loadBalancerType: 'network',
      subnets: [...privateSubnetIds],
      securityGroups: [this.clientsSecurityGroupId],
      // Over PrivateLink the gateway alone arrives, without a security group that a rule could name.
      enforceSecurityGroupInboundRulesOnPrivateLinkTraffic: 'off',
      enableCrossZoneLoadBalancing: true,
    });
    const target = new LbTargetGroup(this, 'front-target', {
      name,
      vpcId,
      targetType: 'alb',
      protocol: 'TCP',
      port: HTTPS,
      healthCheck: { ...READY, protocol: 'HTTPS' },
    });
    new LbTargetGroupAttachment(this, 'front-attachment', {
      targetGroupArn: target.arn,
      targetId: balancer.arn,
      port: HTTPS,
      dependsOn: [this.listener], // one without a listener is refused
    });
    new LbListener(this, 'front-listener', {
      loadBalancerArn: front.arn,
      protocol: 'TCP',
      port: HTTPS,
      defaultAction: [{ type: 'forward', targetGroupArn: target.arn }],
    });
    return front;
  }
}
