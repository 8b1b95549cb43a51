import { Wafv2WebAcl, type Wafv2WebAclRule } from '@cdktf/provider-aws/lib/wafv2-web-acl';
import { Wafv2WebAclAssociation } from '@cdktf/provider-aws/lib/wafv2-web-acl-association';
import { Wafv2WebAclLoggingConfiguration } from '@cdktf/provider-aws/lib/wafv2-web-acl-logging-configuration';
import type { Policy, Problem } from '@portcullis/runtime/policy';
import { Construct } from 'constructs';
import { each, unless, within } from '../../../core/props/checks';
import { between, known, times } from '../../../core/props/later';
import { logGroup, type LogOptions } from '../../account/log-group';
import { clientLimits } from '../throttle';

/** Properties of {@link WebAcl}. */
export interface WebAclProps {
  /** Name of the ACL. */
  readonly name: string;
  /** ARN of the stage that the ACL protects. */
  readonly resourceArn: string;
  /** Requests that one address may send in {@link WINDOW_SECONDS}. */
  readonly requestsPerAddress: number;
  /** As {@link FirewallOptions} has it. */
  readonly counted: readonly string[];
  /** How its log is kept. */
  readonly logs: LogOptions;
}

/** How the web ACL of AWS WAF treats what its rules match. */
export interface FirewallOptions {
  /**
   * Rules that only count: what they match passes, and the log says so. A rule of the ACL by its name (`by-address`,
   * `AWSManagedRulesCommonRuleSet`), or one of a group (`AWSManagedRulesCommonRuleSet/CrossSiteScripting_BODY`). For the
   * first weeks in front of an API that has clients already. @default none: every rule blocks
   */
  readonly counted?: readonly string[];
}

const WINDOW_SECONDS = 300;
/** https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html */
const [LEAST_LIMIT, GREATEST_LIMIT] = [10, 2_000_000_000];

const BY_ADDRESS = 'by-address';

/**
 * AWS' groups of rules, in their order, and which rules of them always count only, because they would refuse what clients
 * of an API do: they send large bodies, and name no user agent.
 */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  AWSManagedRulesAmazonIpReputationList: [],
  AWSManagedRulesKnownBadInputsRuleSet: [],
  AWSManagedRulesCommonRuleSet: ['SizeRestrictions_BODY', 'NoUserAgent_HEADER'],
};

/**
 * The web ACL of AWS WAF in front of a REST API: a rate limit by address, then AWS' managed lists of addresses and of
 * attacks, which AWS changes over time. It keeps no samples of requests: samples would show tokens to everybody who may
 * look at the ACL.
 *
 * https://docs.aws.amazon.com/waf/latest/developerguide/web-acl.html
 */
export class WebAcl extends Construct {
  constructor(scope: Construct, id: string, props: WebAclProps) {
    super(scope, id);
    const { name, resourceArn, requestsPerAddress, counted, logs } = props;
    const acl = new Wafv2WebAcl(this, 'acl', {
      name,
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      rule: [
        {
          ...named(BY_ADDRESS, 0),
          action: counted.includes(BY_ADDRESS) ? { count: {} } : { block: {} },
          statement: {
            rate_based_statement: {
              aggregate_key_type: 'IP',
              evaluation_window_sec: WINDOW_SECONDS,
              limit: between(LEAST_LIMIT, requestsPerAddress, GREATEST_LIMIT),
            },
          },
        },
        ...Object.keys(GROUPS).map((group, index) => managed(group, 1 + index, counted)),
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
  return times(clients, Math.max(...most));
}

/** Everything that is wrong with a firewall's options. */
export function firewallProblems(options: FirewallOptions | undefined): readonly Problem[] {
  if (options === undefined) return [];
  const groups = Object.keys(GROUPS);
  const isRule = (rule: unknown): boolean => {
    const [group = '', one, ...more] = String(rule).split('/');
    if (more.length > 0) return false;
    return one === undefined
      ? [BY_ADDRESS, ...groups].includes(group)
      : groups.includes(group) && /^\w+$/.test(one);
  };
  const expected = `one of ${[BY_ADDRESS, ...groups].join(', ')}, or <group>/<rule>`;
  return within('firewall', options, ({ counted = [] }) => [
    ...known('firewall.counted', counted, 'each rule is made for itself'),
    ...each('firewall.counted', counted, (rule, path) => unless(isRule(rule), path, rule, expected)),
  ]);
}

/** A group of AWS. `counted` names it as a whole, or rules of it. */
function managed(name: string, priority: number, counted: readonly string[]): Wafv2WebAclRule {
  const rules = counted
    .filter((rule) => rule.startsWith(`${name}/`))
    .map((rule) => rule.slice(name.length + 1));
  const overridden = [...new Set([...(GROUPS[name] ?? []), ...rules])];
  return {
    ...named(name, priority),
    overrideAction: counted.includes(name) ? { count: {} } : { none: {} },
    statement: {
      managed_rule_group_statement: {
        vendor_name: 'AWS',
        name,
        ...(overridden.length > 0 && {
          rule_action_override: overridden.map((rule) => ({ name: rule, action_to_use: { count: {} } })),
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
