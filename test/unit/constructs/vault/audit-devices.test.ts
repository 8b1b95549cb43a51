import { auditServerConfiguration } from '@portcullis/constructs';

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
