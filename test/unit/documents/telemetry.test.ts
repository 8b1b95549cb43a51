import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { eventsIn, metricsIn, variablesReadBy } from '../../support/documents/names';
import { CHECKOUT, nodesOf, parse, sorted, sourcesIn } from '../../support/documents/sources';
import { tablesIn } from '../../support/documents/tables';

const tables = (file: string) => tablesIn(readFileSync(join(CHECKOUT, 'docs', file), 'utf8'));
const namesIn = (cell = ''): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);

describe('docs/metrics.md', () => {
  it('lists the instruments that the runtime makes, each with its kind and unit', () => {
    const listed = tables('metrics.md').map(([name, kind, unit]) => [
      namesIn(name)[0],
      kind,
      namesIn(unit)[0] ?? '',
    ]);
    const made = metricsIn(sourcesIn('runtime/src')).map(({ name, kind, unit }) => [name, kind, unit]);
    expect(listed.sort()).toEqual(made.sort());
    expect(made.length).toBeGreaterThan(5);
  });

  it('would miss one that is added', () => {
    const source = parse(
      `meter.createCounter('portcullis.new', { unit: '{thing}' }); meter.createObservableGauge('portcullis.up');`,
    );
    expect(metricsIn([source])).toEqual([
      { name: 'portcullis.new', kind: 'counter', unit: '{thing}' },
      { name: 'portcullis.up', kind: 'gauge', unit: '' },
    ]);
  });
});

describe('docs/events.md', () => {
  it('lists the events that the runtime tells, each with its fields', () => {
    const listed = tables('events.md').map(
      ([name, fields]) => `${namesIn(name)[0]}: ${sorted(namesIn(fields)).join(' ')}`,
    );
    // A gateway's events are no events of ours.
    const sources = sourcesIn('runtime/src').filter(({ fileName }) => !fileName.includes('/authorizer/'));
    const told = eventsIn(sources).map(({ name, fields }) => `${name}: ${sorted(fields).join(' ')}`);
    expect(listed.sort()).toEqual(told.sort());
    expect(told.length).toBeGreaterThan(30);
  });

  it('would miss an event, a field, and a field of another type', () => {
    const source = parse(`
      interface More { readonly reason: string }
      type Named = { readonly type: 'four'; readonly c: string } & Partial<Elsewhere>;
      export type SomeEvent =
        | { readonly type: 'one' | 'two'; readonly a?: string }
        | ({ readonly type: 'three'; readonly b: { readonly type: 'inner' } } & More)
        | Named
        | OtherEvent;
      type Unrelated = { readonly type: 'none' };
    `);
    const other = parse(`
      export interface Elsewhere { readonly seconds: number }
      interface More { readonly notThisOne: string }
      export type OtherEvent = { readonly type: 'five' };
    `);
    expect(eventsIn([other, source])).toEqual([
      { name: 'five', fields: [] },
      { name: 'one', fields: ['a?'] },
      { name: 'two', fields: ['a?'] },
      { name: 'three', fields: ['b', 'reason'] },
      { name: 'four', fields: ['c', 'seconds?'] },
    ]);
  });
});

describe('docs/environment.md', () => {
  const sources = sourcesIn('runtime/src', 'constructs/src', 'cli/src', 'stacks', 'example', 'examples');
  const listed = sorted(tables('environment.md').flatMap(([name]) => namesIn(name)));

  it('lists every variable that the sources read', () => {
    const read = sorted(variablesReadBy(sources));
    expect(read.length).toBeGreaterThan(30);
    expect(read.filter((name) => !listed.includes(name))).toEqual([]);
  });

  it('lists none that they do not name', () => {
    // The names of these are composed, or read by Node and by the engine.
    const elsewhere = [
      'TF_VAR_<name>',
      'TMPDIR',
      'PORTCULLIS_DATABASE_PASSWORD',
      'PORTCULLIS_REDIS_PASSWORD',
    ];
    const named = new Set(
      sources
        .flatMap(nodesOf)
        .flatMap((node) => (ts.isIdentifier(node) || ts.isStringLiteralLike(node) ? [node.text] : [])),
    );
    expect(listed.filter((name) => !named.has(name) && !elsewhere.includes(name))).toEqual([]);
  });

  it('would miss one that is read by its name, by destructuring, or by a key of the settings', () => {
    const source = parse(
      `process.env.ONE; env['TWO']; const { THREE: three, FOUR = '4' } = environment; const environment = z.object({ FIVE: z.string() }); other.SIX;`,
    );
    expect(sorted(variablesReadBy([source]))).toEqual(['FIVE', 'FOUR', 'ONE', 'THREE', 'TWO']);
  });
});
