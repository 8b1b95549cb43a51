import { parse } from 'yaml';
import { securityScanningFiles, type SecurityScanningProps } from '../../../../constructs/src/github';
import { securityScanningProblems } from '../../../../constructs/src/github/security-scanning';
import { policy } from '../../../../policy';

const props: SecurityScanningProps = {
  policy,
  stagingUrl: 'https://staging.example.com',
  productionUrl: 'https://api.example.com',
  tokenUrl: 'https://auth.example.com/token',
  vault: { address: 'https://vault.example.com', role: 'scan', secretPath: 'secret/data/api/scan' },
  today: '2026-11-24',
};

interface WorkflowFile {
  on: Record<string, unknown>;
  permissions: object;
  jobs: Record<string, { if: string; permissions: Record<string, string>; steps: Record<string, unknown>[] }>;
}

describe('the workflow of security scans', () => {
  const files = securityScanningFiles(props);
  const workflow = parse(files['.github/workflows/security.yml'] ?? '') as WorkflowFile;
  const { baseline, 'full-scan': full, 'api-scan': api } = workflow.jobs;

  it('runs on pull requests, Mondays at 03:00, and when a deploy calls it', () => {
    expect(workflow.on).toMatchObject({
      pull_request: {},
      schedule: [{ cron: '0 3 * * 1' }],
      workflow_call: {},
    });
    expect(workflow.on).not.toHaveProperty('pull_request_target');
  });

  it('gives no permission that a job does not name, and a pull request none that it could abuse', () => {
    expect(workflow.permissions).toEqual({});
    expect(baseline?.permissions).toEqual({ contents: 'read' });
    expect(baseline?.if).toBe("github.event_name == 'pull_request'");
    expect(JSON.stringify(baseline)).not.toMatch(/vault|secret|slack/i);
  });

  it.each([
    ['baseline', baseline],
    ['full', full],
    ['API', api],
  ])('lets the gate decide about the %s scan: ZAP fails nothing, and writes no issue', (_, job) => {
    const scan = job?.steps.find(({ uses }) => String(uses).startsWith('zaproxy/'));
    expect(scan?.with).toMatchObject({ fail_action: false, allow_issue_writing: false });
    expect(JSON.stringify(job?.steps)).toContain('zap-gate report_json.json');
  });

  it('keeps the reports of clean scans too', () => {
    for (const job of Object.values(workflow.jobs)) {
      const uploads = job.steps.filter(({ uses }) => String(uses).startsWith('actions/upload-artifact'));
      expect(uploads).toHaveLength(1);
      expect(uploads[0]).toMatchObject({ if: '${{ !cancelled() }}' });
    }
  });

  it('alerts with counts and a link', () => {
    const alert = full?.steps.find(({ name }) => name === 'Alert');
    expect(alert?.if).toContain('failure()');
    expect(JSON.stringify(alert?.with)).toMatch(/headline.*actions\/runs/);
  });

  it('writes rules that ZAP reads, and that its action passes on', () => {
    const rules = securityScanningFiles({
      ...props,
      baselineRules: [{ id: 10_038, level: 'FAIL', reason: 'every page has a policy' }],
    })['.zap/baseline-rules.tsv'];
    const lines = (rules ?? '').trimEnd().split('\n');
    expect(lines.some((line) => /^\d+\tIGNORE\t/.test(line))).toBe(true);
    expect(lines).toContain('10038\tFAIL\t(every page has a policy)');
    expect(lines.every((line) => line.split('\t').length === 3)).toBe(true);
  });
});

describe('the properties of security scans', () => {
  it('are right as they are', () => {
    expect(securityScanningProblems(props)).toEqual([]);
  });

  it.each<[string, Partial<SecurityScanningProps>, string]>([
    ['plain HTTP', { stagingUrl: 'http://staging.example.com' }, 'stagingUrl'],
    ['no URL', { stagingUrl: 'staging' }, 'stagingUrl'],
    ['production as staging', { stagingUrl: 'https://api.example.com/v2' }, 'stagingUrl'],
    ['a schedule that GitHub rejects', { schedule: '@weekly' }, 'schedule'],
    [
      'a webhook as a literal',
      { vault: { ...props.vault, secretPath: 'https://hooks.slack.com/services/T0/B0/x' } },
      'vault.secretPath',
    ],
    [
      'a rule unknown to ZAP',
      { baselineRules: [{ id: 12_345, level: 'WARN', reason: 'no such rule exists' }] },
      'baselineRules[0].id',
    ],
    [
      'a reason with a tab',
      { fullScanRules: [{ id: 10_038, level: 'WARN', reason: 'two\tcolumns of it' }] },
      'fullScanRules[0].reason',
    ],
    [
      'an acceptance that ended',
      { accepted: [{ rule: '10038', reason: 'accepted by the owner of it', expires: '2026-11-23' }] },
      'accepted[0].expires',
    ],
    [
      'an acceptance without end',
      { accepted: [{ rule: '10038', reason: 'accepted by the owner of it', expires: '2030-01-01' }] },
      'accepted[0].expires',
    ],
    [
      'an acceptance without reason',
      { accepted: [{ rule: '10038', reason: 'ok', expires: '2026-12-31' }] },
      'accepted[0].reason',
    ],
  ])('are refused: %s', (_, wrong, path) => {
    expect(securityScanningProblems({ ...props, ...wrong }).map((problem) => problem.path)).toContain(path);
  });

  it('are refused all at once, and a webhook is not repeated', () => {
    const problems = securityScanningProblems({
      ...props,
      stagingUrl: props.productionUrl,
      tokenUrl: 'http://auth.example.com',
      schedule: 'never',
      vault: { ...props.vault, secretPath: 'https://hooks.slack.com/services/T0/B0/x' },
    });
    expect(problems).toHaveLength(4);
    expect(JSON.stringify(problems)).not.toContain('hooks.slack.com');
  });
});
