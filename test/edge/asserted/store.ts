import { DescribeUsersCommand, ElastiCacheClient } from '@aws-sdk/client-elasticache';
import { policy } from '../../../policy';
import { awsNamesOf } from '../../../stacks/aws-names';
import type { Applied } from '../applied';

export function describeStore(applied: () => Applied): void {
  describe('the store', () => {
    it('is planned encrypted at rest with a key of its own and on the way, over two zones', () => {
      const [group] = applied().planned('aws_elasticache_replication_group');
      expect(group).toMatchObject({
        at_rest_encryption_enabled: 'true',
        transit_encryption_enabled: true,
        transit_encryption_mode: 'required',
        multi_az_enabled: true,
        automatic_failover_enabled: true,
      });
    });

    it('never evicts', () => {
      const [group] = applied().planned('aws_elasticache_parameter_group');
      expect(group?.parameter).toContainEqual({ name: 'maxmemory-policy', value: 'noeviction' });
    });

    it('has one user, who signs in by IAM; the default one is off', async () => {
      const client = new ElastiCacheClient(applied().account.client);
      const { Users = [] } = await client.send(new DescribeUsersCommand());
      const made = Users.filter(({ UserId }) => UserId !== 'default');
      expect(made.map(({ UserName }) => UserName).sort()).toEqual([
        'default',
        awsNamesOf(policy, applied().environment).storeUser,
      ]);
      const [nobody, service] = made.sort((a, b) => (a.UserName ?? '').localeCompare(b.UserName ?? ''));
      expect(nobody?.AccessString).toMatch(/^off /);
      expect(service).toMatchObject({ Authentication: { Type: 'iam' } });
      expect(service?.AccessString).toMatch(/^on ~\S+.* -@all \+/);
      expect(service?.AccessString).not.toMatch(/\+@all|~\*(\s|$)|allkeys/);
    });
  });
}
