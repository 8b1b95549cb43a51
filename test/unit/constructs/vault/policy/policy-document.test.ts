import { policyDocument } from '@portcullis/constructs';

it('writes each rule with its reason above it', () => {
  expect(policyDocument([{ path: 'secret/data/a', capabilities: ['read', 'list'], reason: 'to know' }])).toBe(
    '# to know\npath "secret/data/a" {\n  capabilities = ["read", "list"]\n}\n',
  );
});

it('takes nothing for an expression of the engine', () => {
  const rule = { path: 'secret/data/${file("a")}', capabilities: ['read'], reason: '%{ if true }' } as const;
  expect(policyDocument([rule])).toContain('# %%{ if true }\npath "secret/data/$${file(\\"a\\")}" {');
});

it('denies parameters, and demands wrapping', () => {
  expect(
    policyDocument([
      {
        path: 'p',
        capabilities: ['update'],
        reason: 'r',
        deniedParameters: ['lease_id'],
        wrappingSeconds: { min: 30, max: 120 },
      },
    ]),
  ).toBe(
    `# r
path "p" {
  capabilities = ["update"]
  denied_parameters = {
    "lease_id" = []
  }
  min_wrapping_ttl = "30s"
  max_wrapping_ttl = "120s"
}
`,
  );
});

it('writes rules in the order given', () => {
  const rule = (path: string) => ({ path, capabilities: ['read'] as const, reason: 'r' });
  expect(policyDocument([rule('b'), rule('a')]).match(/path "\w"/g)).toEqual(['path "b"', 'path "a"']);
});

it('keeps a reason within its comment, whatever is in it', () => {
  const text = policyDocument([
    {
      path: 'secret/data/orders',
      capabilities: ['read'],
      reason: 'one\npath "*" { capabilities = ["sudo"] }\r\nthree\rfour\u2028five ${var.x} %{if}',
    },
  ]);
  expect(text.split(/[\n\r]/).filter((line) => line.startsWith('path'))).toEqual([
    'path "secret/data/orders" {',
  ]);
  expect(text).toContain('# one\n# path "*"');
  // An expression in a comment would be the engine's.
  expect(text).toContain('$${var.x} %%{if}');
});
