import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeSecurityGroupRulesCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  GetRolePolicyCommand,
  IAMClient,
  ListRolePoliciesCommand,
  ListRolesCommand,
} from '@aws-sdk/client-iam';
import { GetKeyRotationStatusCommand, KMSClient, ListAliasesCommand } from '@aws-sdk/client-kms';
import { DescribeParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { Applied } from '../applied';

/** What holds for whatever a stack made. */
export function describeAccount(applied: () => Applied): void {
  describe('the account', () => {
    it('logs are kept for as long as the environment says, encrypted with a key of the account', async () => {
      const { logGroups = [] } = await new CloudWatchLogsClient(applied().account.client).send(
        new DescribeLogGroupsCommand(),
      );
      expect(logGroups.length).toBeGreaterThan(0);
      for (const group of logGroups) {
        expect(group).toMatchObject({
          retentionInDays: applied().environment.aws.logRetentionDays,
          kmsKeyId: expect.stringMatching(/^arn:aws:kms:/) as string,
        });
      }
    });

    it('keys are replaced each year', async () => {
      const kms = new KMSClient(applied().account.client);
      const { Aliases = [] } = await kms.send(new ListAliasesCommand());
      const ours = Aliases.filter(({ AliasName }) => !AliasName?.startsWith('alias/aws/'));
      expect(ours.length).toBeGreaterThan(0);
      for (const { TargetKeyId } of ours) {
        const status = await kms.send(new GetKeyRotationStatusCommand({ KeyId: TargetKeyId }));
        expect(status.KeyRotationEnabled).toBe(true);
      }
    });

    it('nothing may be reached from the internet', async () => {
      const { SecurityGroupRules = [] } = await new EC2Client(applied().account.client).send(
        new DescribeSecurityGroupRulesCommand(),
      );
      const open = SecurityGroupRules.filter(
        ({ IsEgress, CidrIpv4, CidrIpv6 }) => IsEgress === false && (CidrIpv4 ?? CidrIpv6) !== undefined,
      );
      expect(open).toEqual([]);
    });

    it('no role may do everything', async () => {
      const iam = new IAMClient(applied().account.client);
      const { Roles = [] } = await iam.send(new ListRolesCommand());
      expect(Roles.length).toBeGreaterThan(0);
      for (const { RoleName } of Roles) {
        const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
        for (const PolicyName of PolicyNames) {
          const { PolicyDocument } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
          const { Statement } = JSON.parse(decodeURIComponent(PolicyDocument ?? '')) as {
            Statement: { Action: string | string[]; NotAction?: unknown }[];
          };
          for (const { Action, NotAction } of Statement) {
            expect(NotAction).toBeUndefined();
            expect([Action].flat()).not.toContainEqual(expect.stringContaining('*'));
          }
        }
      }
    });

    it('the stacks tell each other no secret', async () => {
      const { Parameters = [] } = await new SSMClient(applied().account.client).send(
        new DescribeParametersCommand(),
      );
      expect(Parameters.map(({ Type }) => Type)).not.toContain('SecureString');
    });
  });
}
