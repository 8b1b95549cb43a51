/**
 * The API of each package, entry by entry. Where a line that is here goes or changes, a user's code may break: see
 * docs/upgrading.md, and give the release its number. `npm run test:packages -- api-report -u` writes it anew.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { forCdktn } from '../../constructs/cdktn/for-cdktn';
import { apiReport } from './api-report';
import { PACKAGES } from './registry';

const CHECKOUT = join(__dirname, '../..');

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly types: string }>>;
}

function entriesOf(workspace: string): [entry: string, workspace: string, declarations: string][] {
  const text = readFileSync(join(CHECKOUT, workspace, 'package.json'), 'utf8');
  return Object.entries((JSON.parse(text) as Manifest).exports).flatMap(([subpath, target]) =>
    typeof target === 'string'
      ? []
      : [[`@portcullis/${join(workspace, subpath)}`, workspace, join(CHECKOUT, workspace, target.types)]],
  );
}

beforeAll(() => {
  const tsc = join(dirname(require.resolve('tsc/package.json')), 'bin/tsc');
  execFileSync(process.execPath, [tsc, '-b', ...PACKAGES], { cwd: CHECKOUT });
  execFileSync('npm', ['run', '--silent', 'build:cdktn'], { cwd: CHECKOUT });
});

it.each(PACKAGES.flatMap(entriesOf))('%s has this API', (_entry, workspace, declarations) => {
  const report = apiReport(declarations, join(CHECKOUT, workspace, 'dist'));
  expect(report).not.toContain(CHECKOUT);
  expect(`\n${report}\n`).toMatchSnapshot();
});

it.each(entriesOf('constructs'))('%s has the same API for cdktn', (_entry, _workspace, declarations) => {
  const [ofCdktf, ofCdktn] = ['constructs/dist', 'constructs/cdktn/dist/dist'].map((folder) =>
    join(CHECKOUT, folder),
  );
  const report = apiReport(declarations.replace(ofCdktf!, ofCdktn!), ofCdktn!);
  expect(report).toBe(forCdktn(apiReport(declarations, ofCdktf!)));
});
