import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createProgram, run } from '../../../../cli/src/program';
import { alert, report, seen } from './reports';

let folder: string;
let printed: string;
let complained: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zap-gate-'));
  printed = '';
  complained = '';
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => ((printed += String(text)), true));
  jest.spyOn(console, 'error').mockImplementation((text) => void (complained += String(text)));
});

afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

async function gate(content: string | object, ...options: string[]): Promise<number> {
  const file = join(folder, 'report_json.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return judged(file, ...options);
}

async function judged(...args: string[]): Promise<number> {
  const before = process.exitCode;
  try {
    await run(await createProgram(), ['zap-gate', ...args]);
    return Number(process.exitCode);
  } finally {
    process.exitCode = before;
  }
}

const inFolder = (name: string) => join(folder, name);

describe('portcullis zap-gate', () => {
  it('exits 0 when the scan passes, 1 when it fails, 2 when it saw too little, 3 when it cannot be read', async () => {
    expect(await gate(report([seen]))).toBe(0);
    expect(await gate(report([seen, alert('40012', '3')]))).toBe(1);
    expect(await gate(report([]))).toBe(2);
    expect(await gate('{"site":[')).toBe(3);
    expect(complained).toContain('zap-gate: the report ends early');
  });

  it('exits 3 and names the file when there is no report', async () => {
    expect(await judged(inFolder('nothing.json'))).toBe(3);
    expect(complained).toContain('nothing.json');
  });

  it('writes table, summary, SARIF and outputs, and adds to what the summary held', async () => {
    writeFileSync(inFolder('summary.md'), '# before\n');
    const files = [
      '--summary',
      inFolder('summary.md'),
      '--sarif',
      inFolder('zap.sarif'),
      '--outputs',
      inFolder('out'),
    ];
    expect(await gate(report([seen, alert('40012', '3')]), ...files)).toBe(1);
    expect(printed).toContain('zap-gate: failed');
    expect(readFileSync(inFolder('summary.md'), 'utf8')).toMatch(/^# before\n### ZAP scan failed/);
    expect(JSON.parse(readFileSync(inFolder('zap.sarif'), 'utf8'))).toMatchObject({ version: '2.1.0' });
    expect(readFileSync(inFolder('out'), 'utf8')).toBe(
      'verdict=failed\nheadline=failed: 1 alert of high risk (1 high, 0 medium, 0 low, 1 informational; 6 URLs)\nhigh=1\nmedium=0\nlow=0\ninformational=1\nfailing_high=1\n',
    );
  });

  it('reads the allow-list against the day of the run, and stops at an expired entry', async () => {
    const reason = 'accepted by the security team, ticket 12';
    const inAMonth = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
    writeFileSync(inFolder('allowed.json'), JSON.stringify([{ rule: '40012', reason, expires: inAMonth }]));
    expect(await gate(report([seen, alert('40012', '3')]), '--allow-list', inFolder('allowed.json'))).toBe(0);
    writeFileSync(
      inFolder('allowed.json'),
      JSON.stringify([{ rule: '40012', reason, expires: '2020-01-01' }]),
    );
    expect(await gate(report([seen]), '--allow-list', inFolder('allowed.json'))).toBe(3);
    expect(complained).toContain('was accepted until 2020-01-01');
  });

  it.each([
    ['--fail-on', 'critical'],
    ['--min-urls', '0'],
    ['--target', 'staging'],
    ['--target', 'staging.example.com'],
    ['--target', 'localhost:3000'],
  ])('refuses %s %s with exit code 3: 1 and 2 are verdicts', async (option, value) => {
    expect(await gate(report([seen]), option, value)).toBe(3);
    expect(complained).toContain(`argument '${value}' is invalid`);
    expect(printed).toBe('');
  });
});
