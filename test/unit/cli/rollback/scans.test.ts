import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { scansPassed } from '../../../../cli/src/rollback/scans';

let answer: { status: number; body: unknown };
let calls: string[];
let github: Server;
beforeAll(async () => {
  github = createServer((req, res) => {
    calls.push(`${req.url ?? ''} ${req.headers.authorization ?? ''}`);
    res.writeHead(answer.status).end(JSON.stringify(answer.body));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => github.once('listening', resolve));
});
afterAll(() => github.close());
beforeEach(() => (calls = []));

const ask = () =>
  scansPassed(
    {
      GITHUB_API_URL: `http://127.0.0.1:${(github.address() as AddressInfo).port}`,
      GITHUB_REPOSITORY: 'example/orders',
      GH_TOKEN: 'ghs_secret',
    },
    '7',
  );
const jobs = (conclusions: Readonly<Record<string, string | null>>, more = 0) => ({
  total_count: Object.keys(conclusions).length + more,
  jobs: Object.entries(conclusions).map(([name, conclusion]) => ({ name, conclusion })),
});
const SCAN = 'scan-staging-afterwards / full-scan';

it('has passed with every scan that ran', async () => {
  answer = {
    status: 200,
    body: jobs({ 'scan-staging': 'skipped', [SCAN]: 'success', 'deploy-prod': 'failure' }),
  };
  await expect(ask()).resolves.toBe(true);
  expect(calls).toEqual(['/repos/example/orders/actions/runs/7/jobs?per_page=100 Bearer ghs_secret']);
});

it.each<[string, number, unknown]>([
  ['no scan', 200, jobs({ 'deploy-prod': 'success', 'not-a-scan-': 'success' })],
  ['only scans that were skipped', 200, jobs({ 'scan-staging': 'skipped' })],
  ['a scan that runs', 200, jobs({ [SCAN]: null })],
  ['a scan that failed', 200, jobs({ [SCAN]: 'failure', 'scan-dev / full-scan': 'success' })],
  ['a scan that somebody cancelled', 200, jobs({ [SCAN]: 'cancelled' })],
  ['jobs on another page', 200, jobs({ [SCAN]: 'success' }, 1)],
  ['gone', 404, {}],
])('has not with %s', async (_, status, body) => {
  answer = { status, body };
  await expect(ask()).resolves.toBe(false);
});

it.each([
  ['refuses to say', 403, {}],
  ['says something else', 200, { jobs: 'all' }],
])('is not known while GitHub %s', async (_, status, body) => {
  answer = { status, body };
  await expect(ask()).rejects.toMatchObject({ code: 'ERR_UNREACHABLE' });
});
