import { Lb } from '@cdktf/provider-aws/lib/lb';
import { LbListener } from '@cdktf/provider-aws/lib/lb-listener';
import { LbTargetGroup } from '@cdktf/provider-aws/lib/lb-target-group';
import { LbTargetGroupAttachment } from '@cdktf/provider-aws/lib/lb-target-group-attachment';
import { Construct } from 'constructs';
import type { PrivateNetwork } from '../network/private-network';
import { letThrough, securityGroup } from '../network/security-groups';
import { READY, targetGroup, type TaskBalancer } from './target-group';

/** Properties of {@link InternalLoadBalancer}. */
export interface InternalLoadBalancerProps {
  /** Name of the load balancer. */
  readonly name: string;
  /** The VPC and the private subnets that it is in. */
  readonly network: PrivateNetwork;
  /** ARN of the certificate of its listener. */
  readonly certificateArn: string;
  /** Port of the tasks, which speak HTTP to this load balancer alone. */
  readonly port: number;
  /** Adds a network load balancer in front of it. @default false */
  readonly networkLoadBalancer?: boolean;
}

const HTTPS = 443;
/** TLS 1.2 with forward secrecy, or 1.3. */
const TLS_POLICY = 'ELBSecurityPolicy-TLS13-1-2-2021-06';

/**
 * An internal application load balancer with an HTTPS listener and a target group. It speaks TLS to the gateway, and
 * sends requests to tasks that are ready. The internet cannot reach it.
 *
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/introduction.html
 */
export class InternalLoadBalancer extends Construct implements TaskBalancer {
  readonly attachment: LbListener;
  readonly listenerArn: string;
  readonly targetGroupArn: string;
  /** ID of the load balancer's own security group. */
  readonly securityGroupId: string;
  readonly clientSecurityGroupIds: readonly [string];
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
    const clients = securityGroup(this, 'clients', {
      vpcId,
      name: `${name}-gateway`,
      description: `May connect to the load balancer of ${name}`,
    });
    this.clientSecurityGroupIds = [clients];
    letThrough(this, 'https', {
      from: clients,
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
    const tasks = targetGroup(this, 'tasks', { name, vpcId, port });
    this.attachment = new LbListener(this, 'listener', {
      loadBalancerArn: balancer.arn,
      protocol: 'HTTPS',
      port: HTTPS,
      sslPolicy: TLS_POLICY,
      certificateArn: props.certificateArn,
      defaultAction: [{ type: 'forward', targetGroupArn: tasks.arn }],
    });
    this.listenerArn = this.attachment.arn;
    this.targetGroupArn = tasks.arn;
    if (props.networkLoadBalancer) {
      this.networkLoadBalancerArn = this.inFront(`${name}-rest`, network, balancer).arn;
    }
  }

  /** A network load balancer that passes connections on as they are: TLS ends at the application load balancer. */
  private inFront(name: string, { vpcId, privateSubnetIds }: PrivateNetwork, balancer: Lb): Lb {
    const front = new Lb(this, 'front', {
      name,
      internal: true,
      loadBalancerType: 'network',
      subnets: [...privateSubnetIds],
      securityGroups: [...this.clientSecurityGroupIds],
      // Only the gateway connects over PrivateLink, and it has no security group there that a rule could name.
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
      dependsOn: [this.attachment], // AWS refuses a target without a listener
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
