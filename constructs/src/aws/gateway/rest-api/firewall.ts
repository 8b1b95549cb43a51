import { Wafv2WebAcl, type Wafv2WebAclRule } from '@cdktf/provider-aws/lib/wafv2-web-acl';
import { Wafv2WebAclAssociation } from '@cdktf/provider-aws/lib/wafv2-web-acl-association';
import { Wafv2WebAclLoggingConfiguration } from '@cdktf/provider-aws/lib/wafv2-web-acl-logging-configuration';
import type { Policy } from '@portcullis/runtime/policy';
import { Construct } from 'constructs';
import { logGroup, type LogOptions } from '../../account/log-group';
import { clientLimits } from '../throttle';

export interface WebAclProps {
  readonly name: string;
  /** ARN of the stage that the ACL protects. */
  readonly resourceArn: string;
  /** Requests that one address may send in {@link WINDOW_SECONDS}. */
  readonly requestsPerAddress: number;
  readonly logs: LogOptions;
}

const WINDOW_SECONDS = 300;
/** https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html */
const [LEAST_LIMIT, GREATEST_LIMIT] = [10, 2_000_000_000];

/**
 * Rules of the common group that only count, because they would refuse what clients of an API do: they send large bodies,
 * and name no user agent.
 */
const COUNTED = ['SizeRestrictions_BODY', 'NoUserAgent_HEADER'];

/**
 * The web ACL of AWS WAF in front of a REST API: a rate limit by address, then AWS' managed lists of addresses and of
 * attacks, which AWS changes over time. It keeps no samples of requests: samples would show tokens to everybody who may
 * look at the ACL.
 *
 * https://docs.aws.amazon.com/waf/latest/developerguide/web-acl.html
 */
export class WebAcl extends Construct {
  constructor(scope: Construct, id: string, { name, resourceArn, requestsPerAddress, logs }: WebAclProps) {
    super(scope, id);
    const acl = new Wafv2WebAcl(this, 'acl', {
      name,
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      rule: [
        {
          ...named('by-address', 0),
          action: { block: {} },
          statement: {
            rate_based_statement: {
              aggregate_key_type: 'IP',
              evaluation_window_sec: WINDOW_SECONDS,
              limit: Math.min(Math.max(requestsPerAddress, LEAST_LIMIT), GREATEST_LIMIT),
            },
          },
        },
        managed('AWSManagedRulesAmazonIpReputationList', 1),
        managed('AWSManagedRulesKnownBadInputsRuleSet', 2),
        managed('AWSManagedRulesCommonRuleSet', 3, COUNTED),
      ],
      visibilityConfig: visibility(name),
    });
    new Wafv2WebAclAssociation(this, 'association', { resourceArn, webAclArn: acl.arn });
    new Wafv2WebAclLoggingConfiguration(this, 'logging', {
      resourceArn: acl.arn,
      // AWS WAF wants this prefix.
      logDestinationConfigs: [logGroup(this, 'log', `aws-waf-logs-${name}`, logs).arn],
      redactedFields: [
        { singleHeader: { name: 'authorization' } },
        { singleHeader: { name: 'cookie' } },
        { queryString: {} },
      ],
    });
  }
}

/**
 * How many requests an office or a service behind one address may send in the ACL's window: as many as `clients` of the
 * largest tier. Calls that cost nothing count as if they cost 1.
 */
export function requestsPerAddress(policy: Policy, clients: number): number {
  const most = clientLimits(policy).map((limits) =>
    Math.min(...limits.map(({ limit, windowSeconds }) => limit * Math.ceil(WINDOW_SECONDS / windowSeconds))),
  );
  return clients * Math.max(...most);
}

function managed(name: string, priority: number, counted: readonly string[] = []): Wafv2WebAclRule {
  return {
    ...named(name, priority),
    overrideAction: { none: {} },
    statement: {
      managed_rule_group_statement: {
        vendor_name: 'AWS',
        name,
        ...(counted.length > 0 && {
          rule_action_override: counted.map((rule) => ({ name: rule, action_to_use: { count: {} } })),
        }),
      },
    },
  };
}

const named = (name: string, priority: number) => ({ name, priority, visibilityConfig: visibility(name) });

const visibility = (metricName: string) => ({
  metricName,
  cloudwatchMetricsEnabled: true,
  sampledRequestsEnabled: false,
});
