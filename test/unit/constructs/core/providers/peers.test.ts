/** What is said where cdktf or a provider is missing, of another version, or there twice. test/packages does it for real. */
import {
  isWithin,
  judgePeers,
  type Found,
  type Ranges,
} from '../../../../../constructs/src/core/providers/peers';

const HERE = '/app/node_modules/@portcullis/constructs/dist/core';
const APP = '/app';

const CDKTF: Ranges = { cdktf: '^0.21.0', constructs: '^10.4.2', '@cdktf/provider-vault': '^15.0.0' };
const CDKTN: Ranges = { cdktn: '^0.24.0', constructs: '^10.6.0 <10.8.0', '@cdktn/provider-vault': '^18.3.0' };

/** Packages by where they are looked for from, as in `{ [HERE]: { cdktf: '0.21.0' } }`. */
function judged(ranges: Ranges, found: Record<string, Record<string, string>>) {
  const find = (name: string, from: string): Found | undefined => {
    const [version, folder = '/app/node_modules/it'] = found[from]?.[name]?.split(' in ') ?? [];
    return version === undefined ? undefined : { version, folder };
  };
  return judgePeers(['vault'], { ranges, here: HERE, app: APP, find });
}

const RIGHT = { cdktf: '0.21.3', constructs: '10.8.1', '@cdktf/provider-vault': '15.6.1' };

it.each([
  ['says nothing where all is right', { [HERE]: RIGHT, [APP]: RIGHT }, []],
  ['says nothing where the app cannot be looked into', { [HERE]: RIGHT }, []],
  [
    'names all that is missing',
    {},
    [
      'cdktf is not installed; expected ^0.21.0',
      'constructs is not installed; expected ^10.4.2',
      '@cdktf/provider-vault is not installed; expected ^15.0.0',
    ],
  ],
  [
    'names what is too old, and what is too new',
    { [HERE]: { cdktf: '0.20.11', constructs: '10.4.1', '@cdktf/provider-vault': '16.0.0' } },
    [
      'cdktf is 0.20.11; expected ^0.21.0',
      'constructs is 10.4.1; expected ^10.4.2',
      '@cdktf/provider-vault is 16.0.0; expected ^15.0.0',
    ],
  ],
  [
    'knows an app of cdktn',
    { [HERE]: { constructs: '10.7.0' }, [APP]: { cdktn: '0.24.0', constructs: '10.7.0' } },
    [
      'cdktf is not installed, cdktn 0.24.0 is; constructs of one framework do not work in the other',
      '@cdktf/provider-vault is not installed; expected ^15.0.0',
    ],
  ],
  [
    'names both places of what is there twice',
    { [HERE]: { ...RIGHT, cdktf: '0.21.0 in /deep' }, [APP]: { ...RIGHT, cdktf: '0.21.1 in /flat' } },
    [
      'cdktf is there twice: 0.21.1 in /flat, 0.21.0 in /deep; constructs of one copy do not know those of the other',
    ],
  ],
])('%s', (_name, found, expected) => {
  expect(judged(CDKTF, found).problems).toEqual(expected);
});

it('says how to install what the framework of the package wants', () => {
  expect(judged(CDKTF, {}).remedy).toBe(
    'npm install cdktf@^0.21.0 constructs@^10.4.2 @cdktf/provider-vault@^15.0.0',
  );
  expect(judged(CDKTN, {})).toEqual({
    problems: [
      'cdktn is not installed; expected ^0.24.0',
      'constructs is not installed; expected ^10.6.0 <10.8.0',
      '@cdktn/provider-vault is not installed; expected ^18.3.0',
    ],
    remedy: 'npm install cdktn@^0.24.0 "constructs@^10.6.0 <10.8.0" @cdktn/provider-vault@^18.3.0',
  });
});

it.each([
  ['cdktf', CDKTF, { cdktn: '0.24.0' }, '@portcullis/constructs', '@portcullis/constructs-cdktn'],
  ['cdktn', CDKTN, { cdktf: '0.21.0' }, '@portcullis/constructs-cdktn', '@portcullis/constructs'],
])('made for %s, names the package for an app of the other', (_framework, ranges, app, ours, theirs) => {
  const [other] = Object.keys(app);
  expect(judged(ranges, { [APP]: app }).remedy).toBe(
    `this app is one of ${other}: npm uninstall ${ours} && npm install ${theirs}`,
  );
});

it('knows the other framework by its bindings, where npm brought the package its own framework', () => {
  const found = { cdktn: '0.24.0', constructs: '10.7.0', '@cdktf/provider-vault': '15.6.1' };
  expect(judged(CDKTN, { [HERE]: found, [APP]: found })).toEqual({
    problems: [
      '@cdktn/provider-vault is not installed, @cdktf/provider-vault 15.6.1 is; constructs of one framework do not work in the other',
    ],
    remedy:
      'this app is one of cdktf: npm uninstall @portcullis/constructs-cdktn && npm install @portcullis/constructs',
  });
});

it.each([
  ['0.21.0', '^0.21.0', true],
  ['0.21.9', '^0.21.0', true],
  ['0.22.0', '^0.21.0', false],
  ['1.21.0', '^0.21.0', false],
  ['10.4.2', '^10.4.2', true],
  ['10.10.0', '^10.4.2', true],
  ['10.4.1', '^10.4.2', false],
  ['10.3.9', '^10.4.2', false],
  ['11.4.2', '^10.4.2', false],
  ['15.0.0-pre.1', '^15.0.0', true],
  ['10.6.0', '^10.6.0 <10.8.0', true],
  ['10.7.9', '^10.6.0 <10.8.0', true],
  ['10.5.9', '^10.6.0 <10.8.0', false],
  ['10.8.0', '^10.6.0 <10.8.0', false],
  ['10.8.1', '^10.6.0 <10.8.0', false],
])('%s is within %s: %s', (version, range, expected) => {
  expect(isWithin(version, range)).toBe(expected);
});
