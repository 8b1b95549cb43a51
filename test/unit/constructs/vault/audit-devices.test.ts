import { auditServerConfiguration } from '@portcullis/constructs';

it.each([
  [[{ name: 'one', filePath: '/var/log/one.log' }]],
  [['/var/log/one.log', 'relative.log']],
  [['/var/log/one.log', '/var/log/../two.log']],
  [['/var/log/one.log', '/var/log/two.log\n']],
  [['/var/log/one.log', '/var/log/']],
])('refuses what Vault would not take, or write elsewhere: %j', (given) => {
  const devices = given.map((one, index) =>
    typeof one === 'string' ? { name: `device-${index}`, filePath: one } : one,
  );
  expect(() => auditServerConfiguration(devices)).toThrow(
    /^auditServerConfiguration\(\): props has 1 problem/,
  );
});

it("writes the devices as blocks of OpenBao's server configuration", () => {
  expect(
    auditServerConfiguration([
      { name: 'one', filePath: '/var/log/one.log' },
      { name: 'two', filePath: '/var/log/"two".log' },
    ]),
  ).toBe(`audit "file" "one" {
  options {
    file_path = "/var/log/one.log"
  }
}

audit "file" "two" {
  options {
    file_path = "/var/log/\\"two\\".log"
  }
}
`);
});
