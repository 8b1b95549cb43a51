import { Wafv2WebAcl, type Wafv2WebAclRule } from '@cdktf/provider-aws/lib/wafv2-web-acl';
import { Wafv2WebAclAssociation } from '@cdktf/provider-aws/lib/wafv2-web-acl-association';
import { Wafv2WebAclLoggingConfiguration } from '@cdktf/provider-aws/lib/wafv2-web-acl-logging-configuration';
import type { Policy } from '@portcullis/runtime/policy';
import { Construct } from 'constructs';
import { logGroup, type LogOptions } from '../access-log';

export interface WebAclProps {
  readonly name: string;
  readonly resourceArn: string;
  /** Requests that one address may send in {@link WINDOW_SECONDS}. */
  readonly requestsPerAddress: number;
  readonly logs: LogOptions;
}

const WINDOW_SECONDS = 300;
/** https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html */
const [LEAST_LIMIT, GREATEST_LIMIT] = [10, 2_000_000_000];

/** Rules of the common group that would refuse what an API's clients do: send large bodies, and name no user agent. */
const COUNTED = ['SizeRestrictions_BODY', 'NoUserAgent_HEADER'];

/**
 * The firewall: a limit for each address, then AWS' own lists of addresses and of attacks. What it takes for an attack,
 * AWS changes as it sees fit.
 *
 * It keeps no sample of requests: those would show their tokens to whoever may look at the firewall.
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
      // The prefix is one that WAF insists on.
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
 * As much as `clients` of the largest tier may send in the firewall's window: an office, or a service, behind one
 * address. Calls that cost nothing count as if they cost 1.
 */
export function requestsPerAddress({ tiers }: Policy, clients: number): number {
  const most = Object.values(tiers).map((windows) =>
    Math.min(...windows.map(({ limit, windowSeconds }) => limit * Math.ceil(WINDOW_SECONDS / windowSeconds))),
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
