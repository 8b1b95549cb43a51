import { PseudonymKey, SupportAccess } from '@portcullis/constructs';
import { only, refusedProps, stackIn, synthesize } from '../../../../support/synth/synthesize';

const made = () =>
  synthesize((stack) => {
    const key = new PseudonymKey(stack, 'subjects', { name: 'orders' });
    key.grantNaming(new SupportAccess(stack, 'service', { name: 'service' }));
    key.grantResolving(new SupportAccess(stack, 'whois', { name: 'whois' }));
  });

it('gives the same person the same pseudonym, by a key that nobody can take away', () => {
  expect(only(made(), 'vault_transit_secret_backend_key')).toMatchObject({
    name: 'orders',
    derived: true,
    convergent_encryption: true,
    exportable: false,
    allow_plaintext_backup: false,
    deletion_allowed: false,
    lifecycle: { prevent_destroy: true },
  });
});

it('has Vault show reasons in its audit log, and nothing else', () => {
  expect(only(made(), 'vault_mount')).toMatchObject({
    path: 'pseudonyms',
    type: 'transit',
    audit_non_hmac_request_keys: ['reason'],
    lifecycle: { prevent_destroy: true },
  });
});

it('lets whoever names resolve nothing, and whoever resolves do it one by one, with a reason', () => {
  const policyOf = (name: string) => only(made(), 'vault_policy', name).policy as string;
  expect(policyOf('service').match(/^path ".*"/gm)).toEqual(['path "pseudonyms/encrypt/orders"']);
  expect(policyOf('whois')).toContain(
    [
      'path "pseudonyms/decrypt/orders" {',
      '  capabilities = ["update"]',
      '  denied_parameters = {',
      '    "batch_input" = []',
      '  }',
      '  required_parameters = ["reason"]',
      '}',
    ].join('\n'),
  );
});

it.each([
  ['name', { name: 'orders/*' }],
  ['path', { name: 'orders', path: 'sys' }],
])('refuses a wrong %s', (path, props) => {
  expect(() => new PseudonymKey(stackIn(), 'subjects', props)).toThrow(refusedProps(path));
});
