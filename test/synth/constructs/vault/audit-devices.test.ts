import { AuditDevices } from '@portcullis/constructs';
import { all, refusedProps, stackIn, synthesize } from '../../../support/synth/synthesize';

const files = [
  { name: 'primary', filePath: '/var/log/vault/primary.log' },
  { name: 'secondary', filePath: '/mnt/audit/secondary.log' },
];

it('makes a file device of each', () => {
  const synthesized = synthesize((stack) => new AuditDevices(stack, 'audit', { devices: files }));
  expect(all(synthesized, 'vault_audit')).toEqual([
    { type: 'file', path: 'primary', options: { file_path: '/var/log/vault/primary.log' } },
    { type: 'file', path: 'secondary', options: { file_path: '/mnt/audit/secondary.log' } },
  ]);
});

it.each([
  ['none', []],
  ['one', files.slice(0, 1)],
  ['two that share a file', files.map(({ name }) => ({ name, filePath: '/var/log/vault.log' }))],
])('refuses %s: a full disk would stop every request', (_what, devices) => {
  expect(() => new AuditDevices(stackIn(), 'audit', { devices })).toThrow(refusedProps('devices'));
});

it.each(['audit.log', './audit.log', '/var/../etc/passwd', '/var/log/', '', undefined as unknown as string])(
  'refuses the file %j, which is no absolute path of a file',
  (filePath) => {
    const devices = [files[0]!, { name: 'secondary', filePath }];
    expect(() => new AuditDevices(stackIn(), 'audit', { devices })).toThrow(
      refusedProps('devices[1].filePath'),
    );
  },
);

it('refuses two devices of one name, of which Vault would have the later alone', () => {
  const devices = files.map(({ filePath }) => ({ name: 'primary', filePath }));
  expect(() => new AuditDevices(stackIn(), 'audit', { devices })).toThrow(refusedProps('devices'));
});
