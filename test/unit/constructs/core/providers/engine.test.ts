import { engineOf } from '@portcullis/constructs';

it.each(['terraform', '/usr/local/bin/terraform', 'terraform.exe', 'terraform1.11', 'terraform-1.11.0'])(
  '%s is Terraform',
  (binary) => {
    expect(engineOf(binary)).toBe('terraform');
  },
);

it.each([undefined, '', 'tofu', '/opt/tofu', '/opt/terraform/tofu', 'terraformed', 'my-engine'])(
  '%s counts as OpenTofu, so that the state is encrypted or nothing is written',
  (binary) => {
    expect(engineOf(binary)).toBe('opentofu');
  },
);
