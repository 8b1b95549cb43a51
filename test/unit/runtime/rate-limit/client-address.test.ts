import type { IncomingMessage } from 'node:http';
import { clientAddress, networksOf } from '../../../../runtime/src/rate-limit/client/client-address';

const request = (remoteAddress: string, forwarded?: string) =>
  ({
    socket: { remoteAddress },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  }) as unknown as IncomingMessage;

describe('the address of an anonymous client', () => {
  test('is the socket’s when no proxy is trusted, whatever the client writes', () => {
    expect(clientAddress(0)(request('192.0.2.1', '198.51.100.1'))).toBe('192.0.2.1');
    expect(clientAddress([])(request('192.0.2.1', '198.51.100.1'))).toBe('192.0.2.1');
  });

  test.each([
    [1, '198.51.100.1', '198.51.100.1'],
    [1, '6.6.6.6, 198.51.100.1', '198.51.100.1'],
    [2, '6.6.6.6, 198.51.100.1, 10.0.0.2', '198.51.100.1'],
    [1, '198.51.100.1:4711', '198.51.100.1'],
    [1, '[2001:db8::1]:4711', '2001:db8:0:0:0:0:0:1'],
    [3, '198.51.100.1', '198.51.100.1'],
    [1, 'unknown', '10.0.0.1'],
    [1, '', '10.0.0.1'],
    [2, '6.6.6.6, nonsense, 10.0.0.2', '10.0.0.2'],
  ])('with %i trusted hops and X-Forwarded-For %j is %s', (hops, forwarded, expected) => {
    expect(clientAddress(hops)(request('10.0.0.1', forwarded))).toBe(expected);
  });

  test.each([
    [['10.0.0.0/8'], '10.0.0.1', '6.6.6.6, 198.51.100.1, 10.9.9.9', '198.51.100.1'],
    [['10.0.0.0/8'], '192.0.2.1', '198.51.100.1', '192.0.2.1'],
    [['10.0.0.0/8'], '::ffff:10.0.0.1', '198.51.100.1', '198.51.100.1'],
    [['2001:db8::/32'], '2001:db8::1', '2001:db9::1', '2001:db9:0:0:0:0:0:1'],
    [['10.0.0.1'], '10.0.0.2', '198.51.100.1', '10.0.0.2'],
  ])(
    'with the trusted ranges %j, from %s with X-Forwarded-For %j, is %s',
    (ranges, socket, forwarded, expected) => {
      expect(clientAddress(ranges)(request(socket, forwarded))).toBe(expected);
    },
  );

  test.each([
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::ffff:c000:201', '192.0.2.1'],
    ['0:0:0:0:0:FFFF:192.0.2.1', '192.0.2.1'],
    ['2001:DB8::1', '2001:db8:0:0:0:0:0:1'],
    ['2001:0db8:0000::0001', '2001:db8:0:0:0:0:0:1'],
    ['fe80::1%eth0', 'fe80:0:0:0:0:0:0:1'],
    ['::', '0:0:0:0:0:0:0:0'],
    ['64:ff9b::192.0.2.1', '64:ff9b:0:0:0:0:c000:201'],
  ])('has one spelling: %s is %s', (written, expected) => {
    expect(clientAddress(0)(request(written))).toBe(expected);
  });
});

describe('the address that a proxy tells in Forwarded (RFC 7239)', () => {
  const forwarded = (text: string) =>
    ({ socket: { remoteAddress: '10.0.0.1' }, headers: { forwarded: text } }) as unknown as IncomingMessage;

  test.each([
    [1, 'for=198.51.100.1', '198.51.100.1'],
    [1, 'by=10.0.0.7;for=198.51.100.1;host=api.example.com;proto=https', '198.51.100.1'],
    [1, 'For="198.51.100.1:4711"', '198.51.100.1'],
    [1, 'for="[2001:db8::1]:4711";proto=https', '2001:db8:0:0:0:0:0:1'],
    [1, 'for=6.6.6.6, for=198.51.100.1', '198.51.100.1'],
    [2, 'for=6.6.6.6, for=198.51.100.1, for=10.0.0.2', '198.51.100.1'],
    [1, 'for="6.6.6.6, for=198.51.100.1', '198.51.100.1'],
    [1, 'for=6.6.6.6;for=7.7.7.7, by=x;for=198.51.100.1', '198.51.100.1'],
    [1, 'for=unknown', '10.0.0.1'],
    [1, 'for=_hidden', '10.0.0.1'],
    [1, 'xfor=6.6.6.6', '10.0.0.1'],
    [1, '', '10.0.0.1'],
  ])('with %i trusted hops and %j is %s', (hops, text, expected) => {
    expect(clientAddress({ forwarded: hops })(forwarded(text))).toBe(expected);
  });

  test('is read by ranges too, and X-Forwarded-For says nothing then', () => {
    const addressOf = clientAddress({ forwarded: ['10.0.0.0/8'] });
    expect(addressOf(forwarded('for=198.51.100.1, for=10.0.0.2'))).toBe('198.51.100.1');
    expect(addressOf(request('10.0.0.1', '6.6.6.6'))).toBe('10.0.0.1');
    expect(clientAddress(1)(forwarded('for=6.6.6.6'))).toBe('10.0.0.1');
  });
});

describe('the networks of an address', () => {
  test('are the /64 of an IPv6 address, whose holder has one limit, and the /48 that it may be a part of', () => {
    expect(networksOf('2001:db8:1:2ff:0:0:0:1')).toEqual({
      network: '2001:db8:1:2ff::/64',
      site: '2001:db8:1::/48',
    });
    expect(networksOf('2001:db8:1:2ff:ffff:0:0:1').network).toBe('2001:db8:1:2ff::/64');
    expect(networksOf('2001:db8:1:300:0:0:0:1').network).not.toBe('2001:db8:1:2ff::/64');
  });

  test('are an IPv4 address itself', () => {
    expect(networksOf('192.0.2.1')).toEqual({ network: '192.0.2.1' });
  });
});
