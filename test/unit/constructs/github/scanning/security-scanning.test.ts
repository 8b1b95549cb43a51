import { definePolicy, type PolicyInput } from '@portcullis/runtime/policy';
import { parse } from 'yaml';
import { securityScanningFiles, type SecurityScanningProps } from '../../../../../constructs/src/github';
import { securityScanningProblems } from '../../../../../constructs/src/github/scanning/props';
import { policy } from '../../../../../policy';

const props: SecurityScanningProps = {
  policy,
  stagingUrl: 'https://staging.example.com',
  productionUrl: 'https://api.example.com',
  tokenUrl: 'https://auth.example.com/token',
  vault: { address: 'https://vault.example.com', role: 'scan', secretPath: 'secret/data/api/scan' },
  today: '2026-11-24',
};

const anyPolicy: Omit<PolicyInput, 'routes'> = {
  name: 'orders',
  issuer: 'https://auth.example.com',
  audience: 'https://api.example.com',
  tiers: { free: [{ limit: 100, window: '1m' }] },
  defaultTier: 'free',
  lifetimes: { accessToken: '15m', credential: '60m', rotateAt: '50m' },
};

interface WorkflowFile {
  name: string;
  on: Record<string, unknown>;
  permissions: object;
  concurrency: { group: string; 'cancel-in-progress': string };
  jobs: Record<string, JobFile>;
}

interface JobFile {
  if: string;
  environment?: string;
  env?: Record<string, string>;
  needs?: string[];
  permissions: Record<string, string>;
  strategy?: { matrix: Record<string, string>; 'max-parallel'?: number };
  steps: {
    id?: string;
    name: string;
    if?: string;
    uses?: string;
    run?: string;
    env?: Record<string, string>;
    with?: Record<string, unknown>;
  }[];
}

/** GitHub refuses a workflow whole for one of another name. */
it.each([
  ['without', undefined],
  ['with', { CLIENT_SECRET: 'verify_client_secret' }],
])('names steps of the same job alone, %s verification', (_, verify) => {
  const files = securityScanningFiles({ ...props, ...(verify && { verify }) });
  const { jobs } = parse(files['.github/workflows/security.yml'] ?? '') as WorkflowFile;
  for (const { steps } of Object.values(jobs)) {
    const named = [...JSON.stringify(steps).matchAll(/\bsteps\.(\w+)\./g)].map(([, id]) => id);
    const ids = steps.map(({ id }) => id);
    expect(named.filter((id) => !ids.includes(id))).toEqual([]);
  }
});

describe('the workflow of security scans', () => {
  const files = securityScanningFiles(props);
  const workflow = parse(files['.github/workflows/security.yml'] ?? '') as WorkflowFile;
  const { 'baseline-scan': baseline, 'full-scan': full, reports } = workflow.jobs;
  const scanOf = (job: JobFile | undefined) => job?.steps.find(({ uses }) => uses?.startsWith('zaproxy/'));
  const namesOf = (job: JobFile | undefined) => job?.steps.map(({ name }) => name) ?? [];

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

  it('has the names that its users expect', () => {
    expect(workflow.name).toBe('Security Scan');
    expect(Object.keys(workflow.jobs)).toEqual(['baseline-scan', 'full-scan', 'reports']);
    // Only main may use an environment: a pull request's scan has none.
    expect(baseline).not.toHaveProperty('environment');
    expect(full?.environment).toBe('staging');
    expect(full?.env).toMatchObject({ STAGING_URL: '${{ vars.STAGING_URL }}' });
    expect(scanOf(full)?.with).toMatchObject({ target: '${{ vars.STAGING_URL }}' });
  });

  it.each([
    ['baseline', baseline, '-a -j'],
    ['full', full, '-a -j --hook=/zap/wrk/.zap/bearer-hook.py'],
  ])('crawls with a browser, with alpha rules too, by the image of a digest: %s', (_, job, options) => {
    expect(scanOf(job)?.with).toMatchObject({ cmd_options: options, docker_name: '${{ vars.ZAP_IMAGE }}' });
    const steps = namesOf(job);
    const seen = steps.indexOf("See that ZAP's image is named by its digest");
    expect(seen).toBeGreaterThan(0);
    for (const later of ['Start the API', 'Read secrets from Vault', 'Scan in full', 'Scan passively']) {
      if (steps.includes(later)) expect(seen).toBeLessThan(steps.indexOf(later));
    }
  });

  it.each([
    ['baseline', baseline],
    ['full', full],
  ])('lets the gate decide about the %s scan: ZAP fails nothing, and writes no issue', (_, job) => {
    expect(scanOf(job)?.with).toMatchObject({ fail_action: false, allow_issue_writing: false });
    expect(JSON.stringify(job?.steps)).toContain('zap-gate report_json.json');
  });

  it.each([
    ['zap-baseline-report', baseline],
    ['zap-full-report-of-${{ matrix.tier }}', full],
  ])('keeps %s, of clean scans and of failed ones too', (name, job) => {
    const uploads = job?.steps.filter(({ uses }) => uses?.startsWith('actions/upload-artifact@'));
    expect(uploads).toMatchObject([
      { if: '${{ !cancelled() }}', with: { name, path: 'report_*', 'if-no-files-found': 'error' } },
    ]);
  });

  it('puts the reports of all tiers into zap-full-report, whatever became of the scans', () => {
    expect(reports).toMatchObject({
      needs: ['full-scan'],
      if: "${{ !cancelled() && github.event_name != 'pull_request' }}",
    });
    expect(reports?.steps.at(-1)?.with).toMatchObject({
      name: 'zap-full-report',
      pattern: 'zap-full-report-of-*',
    });
  });

  it('scans a deploy once, as the largest tier, and all tiers on schedule, one after the other', () => {
    expect(full?.strategy).toEqual({
      'fail-fast': false,
      'max-parallel': 1,
      matrix: {
        tier: `\${{ fromJSON(inputs.release != '' && '["enterprise"]' || '["free","pro","enterprise"]') }}`,
      },
    });
    const tiers = {
      free: [{ limit: 100, window: '1m' as const }],
      // More in an hour, and fewer in a second.
      bulk: [
        { limit: 9_000, window: '1h' as const },
        { limit: 90, window: '1m' as const },
      ],
    };
    const routes = [{ method: 'GET' as const, path: '/', public: true as const }];
    const other = securityScanningFiles({ ...props, policy: definePolicy({ ...anyPolicy, tiers, routes }) });
    expect(other['.github/workflows/security.yml']).toContain(`'["free"]' || '["free","bulk"]'`);
  });

  it('scans staging by one run at a time', () => {
    // A pull request's newer push makes the older scan pointless; one of staging is waited for.
    expect(workflow.concurrency).toEqual({
      group:
        "${{ github.event_name == 'pull_request' && format('security-{0}', github.ref) || 'security-staging' }}",
      'cancel-in-progress': "${{ github.event_name == 'pull_request' }}",
    });
  });

  it('scans what was just deployed: it is waited for before, and still there after', () => {
    const steps = namesOf(full);
    const scanned = steps.indexOf('Scan in full');
    expect(steps.indexOf('Wait until staging serves the release')).toBeLessThan(scanned);
    expect(steps.indexOf('See that staging serves it still')).toBeGreaterThan(scanned);
    expect(workflow.on.workflow_call).toMatchObject({ inputs: { release: { required: true } } });
  });

  it('holds the policy against a deploy before the scan, with secrets of its own, and only where that is asked for', () => {
    const name = 'Hold the policy against the service';
    expect(namesOf(full)).not.toContain(name);
    const files = securityScanningFiles({ ...props, verify: { PRO_SECRET: 'verify_pro' } });
    const verified = (parse(files['.github/workflows/security.yml'] ?? '') as WorkflowFile).jobs['full-scan'];
    expect(namesOf(verified).indexOf(name)).toBe(
      namesOf(verified).indexOf('Wait until staging serves the release') + 1,
    );
    const step = verified?.steps.find((one) => one.name === name);
    expect(step).toMatchObject({
      if: "inputs.release != ''",
      env: { PRO_SECRET: '${{ steps.vault.outputs.verify_pro }}' },
    });
    expect(step?.run).toContain('verify "$STAGING_URL" --environment staging ');
    const secrets = verified?.steps.find((one) => one.name === 'Read secrets from Vault')?.with?.secrets;
    expect(secrets).toContain('secret/data/api/scan verify_pro | verify_pro ;');
  });

  it('has a fresh token while it scans, and none any more when the report is looked at', () => {
    const wanted = [
      'Install packages',
      'Read secrets from Vault',
      'Keep an access token fresh',
      'See that the limits let the scanner through',
      'Scan in full',
      'Mask and forget the tokens',
      'Judge by severity',
    ];
    expect(namesOf(full).filter((name) => wanted.includes(name))).toEqual(wanted);
    // A third of what a token lives: one that could not be renewed once is still good.
    expect(full?.steps.find(({ name }) => name === 'Keep an access token fresh')?.run).toContain('sleep 300');
  });

  it('asks what its client is admitted at a route that is limited, and reads', () => {
    const stepOf = (files: Record<string, string>) =>
      (parse(files['.github/workflows/security.yml'] ?? '') as WorkflowFile).jobs['full-scan']?.steps.find(
        ({ name }) => name === 'See that the limits let the scanner through',
      );
    expect(stepOf(files)).toMatchObject({
      env: { PROBE: '/api/me', AT_LEAST: '100000/1m' },
      run: 'npx --no-install portcullis limits probe "$STAGING_URL$PROBE" --token-file .zap/run/token --at-least "$AT_LEAST"',
    });

    const routes = [
      { method: 'GET' as const, path: '/', public: true as const },
      { method: 'POST' as const, path: '/orders', scopes: ['a'] },
      { method: 'GET' as const, path: '/orders/:id{/lines}', scopes: ['a'] },
    ];
    const other = definePolicy({ ...anyPolicy, routes });
    expect(stepOf(securityScanningFiles({ ...props, policy: other, scannerLimit: '9/1s' }))).toMatchObject({
      env: { PROBE: '/orders/0/lines', AT_LEAST: '9/1s' },
    });
  });

  it('shows the findings of each tier in code scanning beside those of the others', () => {
    const judged = full?.steps.find(({ name }) => name === 'Judge by severity')?.run;
    expect(judged).toContain('--category "zap-full-report/${TIER}"');
  });

  it('alerts of a failure on staging, with counts and the address of the run, and nothing else', () => {
    expect(namesOf(baseline)).not.toContain('Alert');
    const alert = full?.steps.find(({ name }) => name === 'Alert');
    expect(alert?.if).toBe("${{ failure() && steps.vault.outputs.slack_webhook != '' }}");
    const { webhook, payload } = alert?.with ?? {};
    expect(webhook).toBe('${{ steps.vault.outputs.slack_webhook }}');
    const told = [...String(payload).matchAll(/\$\{\{ (.*?) \}\}/g)].map(([, expression]) => expression);
    expect(told).toEqual([
      "steps.gate.outputs.failing_high > 0 && '🚨 OWASP ZAP found critical vulnerabilities in staging. Check the security scan report.' || 'The security scan of staging did not pass.'",
      'matrix.tier',
      expect.stringMatching(
        /^steps\.served\.outcome == .* \|\| steps\.gate\.outputs\.headline \|\| '[^']*'$/,
      ),
      'github.server_url',
      'github.repository',
      'github.run_id',
    ]);
  });

  it.each(['high', 'medium'] as const)('fails from %s on, when that is asked for', (failOn) => {
    const text = securityScanningFiles({ ...props, failOn })['.github/workflows/security.yml'] ?? '';
    const gates = text.match(/--fail-on \w+/g);
    expect(gates).toEqual([1, 2].map(() => `--fail-on ${failOn}`));
  });

  it('starts the API of a pull request by compose.test.yml, waits until it is ready, and leaves nothing', () => {
    expect(namesOf(baseline)).toEqual([
      'Harden the runner',
      'Check out',
      'Set up Node',
      // Before the container: it mounts a volume over node_modules, and would make the folder root's.
      'Install packages',
      "See that ZAP's image is named by its digest",
      'Start the API',
      'Scan passively',
      'Judge by severity',
      'Keep the reports, of clean scans too',
      'Show what the API said',
      'Stop the API',
    ]);
    const step = (name: string) => baseline?.steps.find((one) => one.name === name);
    expect(step('Start the API')?.run?.split('\n')).toEqual([
      'docker compose --file compose.test.yml up --detach --wait --wait-timeout 900',
      'curl --silent --show-error --fail --max-time 10 --output /dev/null http://localhost:3000/readyz',
    ]);
    expect(step('Scan passively')?.with?.target).toBe('http://localhost:3000');
    expect(step('Judge by severity')?.run).toContain('--target http://localhost:3000 ');
    expect(step('Show what the API said')).toMatchObject({
      if: '${{ failure() }}',
      run: 'docker compose --file compose.test.yml logs --no-color --tail 500',
    });
    expect(step('Stop the API')).toMatchObject({
      if: '${{ always() }}',
      run: 'docker compose --file compose.test.yml down --volumes',
    });
  });

  it("names no file that is not written: of a missing one ZAP's action says a line, and scans without", () => {
    for (const job of [baseline, full]) {
      const { rules_file_name: rules, cmd_options: options } = scanOf(job)?.with ?? {};
      expect(Object.keys(files)).toContain(rules);
      const hook = /--hook=\/zap\/wrk\/(\S+)/.exec(String(options))?.[1];
      if (job !== baseline) expect(Object.keys(files)).toContain(hook);
      expect(JSON.stringify(job)).toContain('--allow-list .zap/allow-list.json');
    }
    expect(Object.keys(files)).toContain('.zap/allow-list.json');
    // Each rule list has the line without which the action would leave its file out, an empty list too.
    for (const path of ['.zap/baseline-rules.tsv', '.zap/full-scan-rules.tsv']) {
      expect(files[path]).toMatch(/^\d+\tIGNORE\t/m);
    }
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
    ['a limit for the scanner that is none', { scannerLimit: '100000' }, 'scannerLimit'],
    ['a schedule that GitHub rejects', { schedule: '@weekly' }, 'schedule'],
    [
      'a webhook as a literal',
      { vault: { ...props.vault, secretPath: 'https://hooks.slack.com/services/T0/B0/x' } },
      'vault.secretPath',
    ],
    [
      'a webhook as a literal, without its scheme',
      { vault: { ...props.vault, secretPath: 'hooks.slack.com/services/T0/B0/x' } },
      'vault.secretPath',
    ],
    [
      'a client that would be asked for elsewhere than in KV v2',
      { vault: { ...props.vault, secretPath: 'secret/api/scan' } },
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
      'a reason that nobody sees',
      { fullScanRules: [{ id: 10_038, level: 'WARN', reason: '\u200b\u3164'.repeat(9) }] },
      'fullScanRules[0].reason',
    ],
    [
      'an acceptance that ended',
      { allowList: [{ rule: '10038', reason: 'accepted by the owner of it', expires: '2026-11-23' }] },
      'allowList[0].expires',
    ],
    [
      'an acceptance without end',
      { allowList: [{ rule: '10038', reason: 'accepted by the owner of it', expires: '2030-01-01' }] },
      'allowList[0].expires',
    ],
    [
      'an acceptance without reason',
      { allowList: [{ rule: '10038', reason: 'ok', expires: '2026-12-31' }] },
      'allowList[0].reason',
    ],
    ['a variable that is a script', { verify: { '$(id)': 'verify_pro' } }, 'verify.$(id)'],
    ['a field that is a script', { verify: { PRO: 'a | b' } }, 'verify.PRO'],
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
