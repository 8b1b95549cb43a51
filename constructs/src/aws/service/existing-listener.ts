import { DataAwsLb } from '@cdktf/provider-aws/lib/data-aws-lb';
import { DataAwsLbListener } from '@cdktf/provider-aws/lib/data-aws-lb-listener';
import { LbListenerRule } from '@cdktf/provider-aws/lib/lb-listener-rule';
import type { Problem } from '@portcullis/runtime/policy';
import { Fn, Op, type Precondition } from 'cdktf';
import { Construct } from 'constructs';
import { HOST_NAME, each, isList, shown, unless, unlike, wholeNumber } from '../../core/props/checks';
import { isLater, later } from '../../core/props/later';
import type { AwsPlace } from '../account/place';
import { LISTENER_ARN, SECURITY_GROUP_ID, elsewhereProblems } from '../arns';
import { targetGroup, type TargetGroupProps, type TaskBalancer } from './target-group';

/**
 * An HTTPS listener of an internal application load balancer that somebody else has made, and which of its requests are
 * for the service. The load balancer has to be let out to the tasks by its own security group, on any port: nothing is
 * added there.
 */
export interface ExistingListener {
  /** ARN of the listener. */
  readonly arn: string;
  /** Place of the service's rule among the listener's: from 1, which is asked first, to 50,000. Each rule has another. */
  readonly priority: number;
  /** Host names that requests are for (`Host`), without a wildcard. @default any: then give `paths` */
  readonly hosts?: readonly string[];
  /**
   * Paths that requests are for, as in `/orders` and `/orders/*`. The app gets the whole path. @default any: then give
   * `hosts`
   */
  readonly paths?: readonly string[];
  /** ID of the load balancer's security group: its members may connect to the tasks. */
  readonly securityGroupId: string;
  /**
   * IDs of security groups whose members may connect to the listener: those that an HTTP API joins. @default none: no HTTP
   * API gets a way there
   */
  readonly clientSecurityGroupIds?: readonly string[];
}

/** AWS takes no longer value, and no more of them in one rule. */
const [LONGEST, MOST] = [128, 5];

/** A path, or all below one. A pattern of the root would take the requests of all who share the listener. */
const PATH = /^(\/[\w.~-]+)+(\/\*)?$/;
const HOST_EXPECTED = `a host name without a wildcard, of at most ${LONGEST} characters`;
const PATH_EXPECTED = `a path as in "/orders" or "/orders/*", of at most ${LONGEST} characters`;

/**
 * A rule of a listener that exists already, and the target group that it sends requests to. The plan fails if the
 * listener is not encrypted, or its load balancer on the internet.
 *
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html
 */
export class ListenerRule extends Construct implements TaskBalancer {
  readonly listenerArn: string;
  readonly targetGroupArn: string;
  readonly attachment: LbListenerRule;
  readonly clientSecurityGroupIds: readonly string[];

  constructor(
    scope: Construct,
    id: string,
    { listener, ...props }: TargetGroupProps & { readonly listener: ExistingListener },
  ) {
    super(scope, id);
    const { arn, priority, hosts, paths, clientSecurityGroupIds = [] } = listener;
    this.listenerArn = arn;
    this.clientSecurityGroupIds = clientSecurityGroupIds;
    this.targetGroupArn = targetGroup(this, 'tasks', props).arn;
    this.attachment = new LbListenerRule(this, 'rule', {
      listenerArn: arn,
      priority,
      action: [{ type: 'forward', targetGroupArn: this.targetGroupArn }],
      condition: [
        ...(hosts ? [{ hostHeader: { values: [...hosts] } }] : []),
        ...(paths ? [{ pathPattern: { values: [...paths] } }] : []),
      ],
      lifecycle: { precondition: [...this.onlyEncryptedInside(listener), ...patternsLater(listener)] },
    });
  }

  /** What has made the listener said nothing about itself: AWS is asked. */
  private onlyEncryptedInside({ arn, securityGroupId }: ExistingListener): Precondition[] {
    const listener = new DataAwsLbListener(this, 'listener', { arn });
    const balancer = new DataAwsLb(this, 'balancer', { arn: listener.loadBalancerArn });
    return [
      later(Op.eq(listener.protocol, 'HTTPS'), 'listener.arn', 'a listener that speaks HTTPS'),
      later(balancer.internal, 'listener.arn', 'a load balancer that the internet cannot reach'),
      later(
        Fn.contains(balancer.securityGroups, securityGroupId),
        'listener.securityGroupId',
        'a security group of that load balancer',
      ),
    ];
  }
}

/** Host that requests to the service bear: the first that the rule asks for. */
export function hostOf({ hosts }: ExistingListener): string | undefined {
  if (hosts === undefined) return undefined;
  return isLater(hosts) ? (Fn.element([...hosts], 0) as string) : hosts[0];
}

/** The checks of hosts and paths that are known only at the apply. */
function patternsLater({ hosts, paths }: ExistingListener): Precondition[] {
  // Of an expression in quotes, one without a backslash.
  const host = '[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?';
  const path = '(/[A-Za-z0-9_.~-]+)+(/[*])?';
  const check = (name: string, values: readonly string[] | undefined, one: string, expected: string) =>
    values === undefined || !(isLater(values) || values.some(isLater))
      ? []
      : [later(Fn.can(Fn.regex(`^${one}(,${one})*$`, Fn.join(',', [...values]))), name, expected)];
  return [
    ...check('listener.hosts', hosts, host, HOST_EXPECTED),
    ...check('listener.paths', paths, path, PATH_EXPECTED),
  ];
}

/** Everything that is wrong with a listener of a service that is `here`. */
export function listenerProblems(listener: ExistingListener, here: AwsPlace | undefined): Problem[] {
  const { arn, priority, hosts, paths, securityGroupId, clientSecurityGroupIds = [] } = listener;
  return [
    ...unlike('listener.arn', arn, LISTENER_ARN, "the ARN of an application load balancer's listener"),
    ...(LISTENER_ARN.test(arn) ? elsewhereProblems('listener.arn', arn, here ?? {}) : []),
    ...wholeNumber('listener.priority', priority, 1, 50_000),
    ...conditionProblems(hosts, paths),
    ...unlike('listener.securityGroupId', securityGroupId, SECURITY_GROUP_ID, 'the ID of a security group'),
    ...each('listener.clientSecurityGroupIds', clientSecurityGroupIds, (id, path) =>
      unlike(path, id, SECURITY_GROUP_ID, 'the ID of a security group'),
    ),
  ];
}

function conditionProblems(
  hosts: readonly string[] | undefined,
  paths: readonly string[] | undefined,
): readonly Problem[] {
  if (hosts === undefined && paths === undefined) {
    const message =
      'received neither hosts nor paths; expected one of them: the rule would take the requests of all who share the listener';
    return [{ path: 'listener.hosts', message }];
  }
  const known = [hosts, paths].flatMap((list) => (isList(list) && !isLater(list) ? list : []));
  return [
    ...(known.length > MOST
      ? [
          {
            path: 'listener.hosts',
            message: `received ${known.length} hosts and paths; expected ${MOST} at most`,
          },
        ]
      : []),
    ...valueProblems('listener.hosts', hosts, HOST_NAME, HOST_EXPECTED),
    ...valueProblems('listener.paths', paths, PATH, PATH_EXPECTED),
  ];
}

function valueProblems(
  path: string,
  values: readonly string[] | undefined,
  pattern: RegExp,
  expected: string,
): readonly Problem[] {
  if (values === undefined) return [];
  if (isList(values) && values.length === 0) {
    return [{ path, message: `received ${shown(values)}; expected at least one, or no list` }];
  }
  return each(path, values, (value, at) => {
    const right = typeof value === 'string' && value.length <= LONGEST && pattern.test(value);
    return unless(right, at, value, expected);
  });
}
