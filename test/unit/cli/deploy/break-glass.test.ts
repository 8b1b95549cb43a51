import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { secondPerson } from '../../../../cli/src/deploy/break-glass';

const IMAGE = `sha256:${'1'.repeat(64)}`;
const approved = (login: string, environment = 'prod', state = 'approved') => ({
  state,
  user: { login },
  environments: [{ name: environment }],
  comment: '',
});
const reviewedOf = (stack: string): string => `${stack}:${'2'.repeat(64)}`;
const asked = {
  environment: 'prod',
  reason: 'logins fail',
  stacks: ['service-prod', 'live'],
  reviewed: [reviewedOf('service-prod')],
};

let answer: { status: number; body: string };
let calls: string[];
let github: Server;
let job: NodeJS.ProcessEnv;
beforeAll(async () => {
  github = createServer((req, res) => {
    calls.push(`${req.url ?? ''} ${req.headers.authorization ?? ''}`);
    res.writeHead(answer.status, { location: '/elsewhere' }).end(answer.body);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => github.once('listening', resolve));
});
afterAll(() => github.close());
beforeEach(() => {
  calls = [];
  answer = { status: 200, body: '[]' };
  job = {
    GITHUB_API_URL: `http://127.0.0.1:${(github.address() as AddressInfo).port}`,
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_REPOSITORY: 'example/orders',
    GITHUB_RUN_ID: '7',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_ACTOR: 'carl',
    GITHUB_TRIGGERING_ACTOR: 'emma',
    GITHUB_SHA: 'a'.repeat(40),
    GH_TOKEN: 'ghs_secret',
    PORTCULLIS_IMAGE_DIGEST: IMAGE,
  };
});
const answers = (...approvals: object[]): void => {
  answer = { status: 200, body: JSON.stringify(approvals) };
};

it('is another person than who started or restarted the run, and leaves evidence', async () => {
  answers(approved('carl'), approved('dora'), approved('dora'));
  await expect(secondPerson(asked, job, new Date('2026-11-29T02:00:00Z'))).resolves.toEqual({
    environment: 'prod',
    reason: 'logins fail',
    startedBy: ['carl', 'emma'],
    approvedBy: ['dora'],
    commit: 'a'.repeat(40),
    image: IMAGE,
    reviewed: asked.reviewed,
    run: 'https://github.com/example/orders/actions/runs/7',
    at: '2026-11-29T02:00:00.000Z',
  });
  expect(calls).toEqual(['/repos/example/orders/actions/runs/7/approvals Bearer ghs_secret']);
});

it.each([
  ['nobody', []],
  ['who started it', [approved('CARL')]],
  ['who started it again', [approved('emma')]],
  ['somebody who rejected', [approved('dora', 'prod', 'rejected')]],
  ['somebody of another environment', [approved('dora', 'staging')]],
])('is not %s', async (_, approvals) => {
  answers(...approvals);
  await expect(secondPerson(asked, job)).rejects.toMatchObject({ code: 'ERR_NOT_APPROVED' });
});

it.each([
  ['by a robot, behind whom may be who approves', { GITHUB_ACTOR: 'github-actions[bot]' }],
  ['again by a robot', { GITHUB_TRIGGERING_ACTOR: 'Some-App[BOT]' }],
  ['again, after an approval of another plan', { GITHUB_RUN_ATTEMPT: '2' }],
])('is nobody where the run was started %s', async (_, started) => {
  answers(approved('dora'));
  await expect(secondPerson(asked, { ...job, ...started })).rejects.toMatchObject({
    code: 'ERR_NOT_APPROVED',
  });
  expect(calls).toEqual([]);
});

it('is no robot', async () => {
  answers(approved('approver[bot]'));
  await expect(secondPerson(asked, job)).rejects.toMatchObject({ code: 'ERR_NOT_APPROVED' });
});

it.each([
  ['refuses to say', 403, '{}'],
  ['sends elsewhere', 302, ''],
  ['says something else', 200, '{"total":0}'],
  ['says nothing that can be read', 200, '<html>'],
])('is nobody while GitHub %s', async (_, status, body) => {
  answer = { status, body };
  const failed = (await secondPerson(asked, job).catch((error: unknown) => error)) as Error;
  expect(failed).toMatchObject({ code: 'ERR_UNREACHABLE' });
  expect(failed.message).not.toContain('ghs_secret');
});

it('knows the stacks of an environment by what the config lists, whatever they are called', async () => {
  answers(approved('dora'));
  const reviewed = [reviewedOf('live')];
  await expect(secondPerson({ ...asked, reviewed }, job)).resolves.toMatchObject({ reviewed });
});

it.each<[string, () => Promise<unknown>, string]>([
  ['outside of a job', () => secondPerson(asked, {}), 'a job of GitHub sets'],
  [
    'without an image',
    () => secondPerson(asked, { ...job, PORTCULLIS_IMAGE_DIGEST: '' }),
    'PORTCULLIS_IMAGE_DIGEST',
  ],
  ['without a reason', () => secondPerson({ ...asked, reason: ' \n' }, job), 'no reason is given'],
  [
    'for a reason that nobody sees',
    () => secondPerson({ ...asked, reason: '\u200b\u3164\u2800' }, job),
    'no reason is given',
  ],
  ...['service-staging', 'service-eu-prod'].map((stack): [string, () => Promise<unknown>, string] => [
    `for the plan of ${stack}, which is of another environment`,
    () => secondPerson({ ...asked, reviewed: [reviewedOf('live'), reviewedOf(stack)] }, job),
    `digests of another environment than prod: ${stack}:`,
  ]),
])('is asked for nothing %s', async (_, call, words) => {
  await expect(call()).rejects.toThrow(words);
  expect(calls).toEqual([]);
});
