import { APIGatewayClient, GetRestApisCommand } from '@aws-sdk/client-api-gateway';
import {
  GetLoggingConfigurationCommand,
  GetWebACLCommand,
  GetWebACLForResourceCommand,
  ListWebACLsCommand,
  WAFV2Client,
} from '@aws-sdk/client-wafv2';
import { policy } from '../../../policy';
import type { Applied } from '../applied';

export function describeFirewall(applied: () => Applied): void {
  describe('the firewall', () => {
    it('limits each address, then asks the lists of AWS, and keeps no sample of a request', async () => {
      const { Rules: unordered = [], VisibilityConfig } = await acl();
      const Rules = unordered.sort((a, b) => (a.Priority ?? NaN) - (b.Priority ?? NaN));
      expect(Rules.map(({ Name }) => Name)).toEqual([
        'by-address',
        'AWSManagedRulesAmazonIpReputationList',
        'AWSManagedRulesKnownBadInputsRuleSet',
        'AWSManagedRulesCommonRuleSet',
      ]);
      const [byAddress, ...lists] = Rules;
      // Five minutes of the largest tier, which is one of a minute.
      const limit = applied().environment.aws.busyClients * 5 * (policy.tiers.enterprise?.[0]?.limit ?? NaN);
      expect(byAddress).toMatchObject({
        Action: { Block: {} },
        Statement: { RateBasedStatement: { AggregateKeyType: 'IP', EvaluationWindowSec: 300, Limit: limit } },
      });
      for (const { Name, OverrideAction, Statement } of lists) {
        expect(OverrideAction).toEqual({ None: {} });
        expect(Statement?.ManagedRuleGroupStatement).toMatchObject({ VendorName: 'AWS', Name });
      }
      for (const shown of [VisibilityConfig, ...Rules.map((rule) => rule.VisibilityConfig)]) {
        expect(shown?.SampledRequestsEnabled).toBe(false);
      }
    });

    it('stands before the stage', async () => {
      const { items = [] } = await new APIGatewayClient(applied().account.client).send(
        new GetRestApisCommand(),
      );
      const { region } = applied().environment.aws;
      const ResourceArn = `arn:aws:apigateway:${region}::/restapis/${items[0]?.id ?? ''}/stages/live`;
      const { WebACL } = await client().send(new GetWebACLForResourceCommand({ ResourceArn }));
      expect(WebACL?.ARN).toBe((await acl()).ARN);
    });

    it('logs without tokens, cookies and queries', async () => {
      const { ARN } = await acl();
      const { LoggingConfiguration } = await client().send(
        new GetLoggingConfigurationCommand({ ResourceArn: ARN }),
      );
      expect(LoggingConfiguration?.LogDestinationConfigs).toEqual([
        expect.stringContaining(`:log-group:aws-waf-logs-${policy.name}-${applied().environment.name}`),
      ]);
      expect(LoggingConfiguration?.RedactedFields).toEqual([
        { SingleHeader: { Name: 'authorization' } },
        { SingleHeader: { Name: 'cookie' } },
        { QueryString: {} },
      ]);
    });

    const client = () => new WAFV2Client(applied().account.client);

    async function acl() {
      const { WebACLs = [] } = await client().send(new ListWebACLsCommand({ Scope: 'REGIONAL' }));
      expect(WebACLs).toHaveLength(1);
      const [{ Name, Id } = {}] = WebACLs;
      const { WebACL } = await client().send(new GetWebACLCommand({ Scope: 'REGIONAL', Name, Id }));
      return WebACL!;
    }
  });
}
