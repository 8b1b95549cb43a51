import { isHttpsOrLoopback, isLoopback } from '@portcullis/runtime/policy';
import fc from 'fast-check';

describe('a host is this machine', () => {
  it.each(['localhost', 'LOCALHOST', '127.0.0.1', '127.0.0.53', '127.255.255.254', '::1', '[::1]'])(
    'when it is %s',
    (host) => expect(isLoopback(host)).toBe(true),
  );

  it.each([
    ['a name that begins as loopback does', '127.0.0.1.evil.com'],
    ['a name that looks like an address', '127.999.1.1'],
    ['a name below localhost', 'evil.localhost'],
    ['a name with localhost in front', 'localhost.evil.com'],
    ['a name of a longer word', 'notlocalhost'],
    ['a root label, which search lists may treat otherwise', 'localhost.'],
    ['an address that a resolver completes', '127.1'],
    ['a hexadecimal address', '0x7f.0.0.1'],
    ['a decimal address', '2130706433'],
    ['an octal address', '0177.0.0.1'],
    ['a zero-padded address', '127.0.0.01'],
    ['any address of the machine', '0.0.0.0'],
    ['the unspecified address', '[::]'],
    ['an IPv4-mapped address', '[::ffff:127.0.0.1]'],
    ['the neighbour of the block', '128.0.0.1'],
    ['an address with a port', '127.0.0.1:80'],
    ['an address after a user', 'user@127.0.0.1'],
    ['half a bracket', '[::1'],
    ['a second line', 'localhost\nevil.com'],
    ['a first line', 'evil.com\nlocalhost'],
    ['nothing', ''],
  ])('not when it is %s', (_, host) => expect(isLoopback(host)).toBe(false));
});

describe('an address may do without TLS', () => {
  // However they are written: a URL has the one form that was asked for.
  it.each([
    'http://localhost:3000',
    'http://LOCALHOST',
    'http://127.0.0.1',
    'http://127.1',
    'http://0x7f.1',
    'http://2130706433',
    'http://0177.0.0.1',
    'http://[::1]:3000',
    'http://[0:0:0:0:0:0:0:1]',
  ])('at %s', (url) => expect(isHttpsOrLoopback(url)).toBe(true));

  it.each([
    'http://127.0.0.1.evil.com',
    'http://localhost.',
    'http://127.0.0.1@evil.com',
    'http://localhost:80@evil.com',
    'http://evil.com#@127.0.0.1',
    'http://evil.com?127.0.0.1',
    'http://evil.com\\@127.0.0.1',
    'http://[::ffff:127.0.0.1]',
    'http://0.0.0.0',
    'http://0',
    'http://10.0.0.1',
    'ftp://127.0.0.1',
    'file://localhost/etc/passwd',
    'localhost:3000',
    '127.0.0.1',
    '',
  ])('not at %s', (url) => expect(isHttpsOrLoopback(url)).toBe(false));

  it('whatever it is, when it is https', () =>
    expect(isHttpsOrLoopback('https://api.example.com')).toBe(true));

  it('at exactly the addresses 127.0.0.0/8', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(isHttpsOrLoopback(`http://${address}`)).toBe(address.startsWith('127.'));
      }),
    );
  });
});
