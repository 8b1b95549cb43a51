import { PortcullisError } from '../../../../cli/src/errors';
import { endOf } from '../../../../cli/src/limits/until';

const NOW = Date.parse('2026-11-29T12:00:00Z');

describe('the end of an organisation’s own limits', () => {
  test.each([
    ['90m', '2026-11-29T13:30:00.000Z'],
    ['2h', '2026-11-29T14:00:00.000Z'],
    ['7d', '2026-12-06T12:00:00.000Z'],
    ['2026-12-01T00:00:00Z', '2026-12-01T00:00:00.000Z'],
    ['2026-12-01T00:00+01:00', '2026-11-30T23:00:00.000Z'],
    ['never', undefined],
  ])('%s is %s', (text, expected) => {
    expect(endOf(text, NOW)).toBe(expected);
  });

  test.each([
    '',
    'tomorrow',
    '2h30m',
    '0h',
    '-2h',
    '2s',
    '2026-12-01',
    '2026-12-01T00:00:00',
    '2026-13-01T00:00Z',
  ])('%j is no time', (text) => {
    expect(() => endOf(text, NOW)).toThrow(PortcullisError);
    expect(() => endOf(text, NOW)).toThrow(/is no time/);
  });

  test('cannot have passed', () => {
    expect(() => endOf('2026-11-29T12:00:00Z', NOW)).toThrow(/has passed already/);
  });
});
