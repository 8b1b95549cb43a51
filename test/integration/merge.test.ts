/**
 * A merge, a night and a way back, by the scripts of deploy.yml themselves. GitHub, the registry and the accounts are doubles
 * (test/support/github/merge): no test reaches the real ones.
 */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Testing } from 'cdktf';
import { policy } from '../../policy';
import { imageDigestOf } from '../../stacks/deployed-image';
import { prod } from '../../stacks/environments/prod';
import { ServiceStack } from '../../stacks/service-stack';
import { only, synthesize } from '../support/synth/synthesize';
import { REPOSITORY, World, type Happening } from '../support/github/merge/run';

const WORKFLOW = readFileSync(join(__dirname, '../../.github/workflows/deploy.yml'), 'utf8');
const IMAGE = '444444444444.dkr.ecr.eu-central-1.amazonaws.com/fintech-api';
const commit = (letter: string): string => letter.repeat(40);
const byHand = (way: string, environment = 'prod'): Record<string, string> => ({
  way,
  environment,
  reason: 'logins\nfail',
});

let folder: string;
let github: Server;
let approvals: { state: string; user: { login: string }; environments: { name: string }[] }[];
let world: World;
/** Who approves what runs by hand. */
let approver = 'dora';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portcullis-merge-'));
  approvals = [];
  approver = 'dora';
  github = createServer((req, res) => {
    const below = `^/repos/${REPOSITORY}/actions/runs/`;
    const [, ofRun] = new RegExp(`${below}(\\d+)/jobs\\?per_page=100$`).exec(req.url ?? '') ?? [];
    const asksApprovals = new RegExp(`${below}\\d+/approvals$`).test(req.url ?? '');
    const answer = ofRun === undefined ? asksApprovals && approvals : world.jobsOf(ofRun);
    const known = answer && req.headers.authorization === 'Bearer token-of-the-job';
    res.writeHead(known ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => github.once('listening', resolve));
  world = await World.open(folder, WORKFLOW, `http://127.0.0.1:${(github.address() as AddressInfo).port}`);
});
afterEach(async () => {
  github.close();
  await rm(folder, { recursive: true });
});

const run = (happening: Omit<Happening, 'approve'>) =>
  world.run({
    ...happening,
    approve: (environment) => {
      if (environment === 'prod')
        approvals = [{ state: 'approved', user: { login: approver }, environments: [{ name: environment }] }];
    },
  });

/** What was applied, in order, as in `prod sha256:…`. */
const applied = async (): Promise<string[]> => (await world.text('applied')).split('\n').filter(Boolean);
const digestOf = async (sha: string, runId: number): Promise<string> => {
  const tag = `${IMAGE}:${sha}-${runId}-1`.replaceAll(/[/:]/g, '_');
  return `sha256:${(await world.text(`registry/${tag}`)).trim()}`;
};

const MERGED = {
  image: 'success',
  'plan-dev': 'success',
  'deploy-dev': 'success',
  'plan-staging': 'success',
  'deploy-staging': 'success',
  'scan-staging': 'success',
  'plan-prod': 'success',
  'deploy-prod': 'success',
  'verify-prod': 'success',
};
const skipped = (...jobs: string[]) => Object.fromEntries(jobs.map((job) => [job, 'skipped']));
const BY_HAND_ONLY = skipped(
  'alert',
  'record',
  'plan-staging-afterwards',
  'deploy-staging-afterwards',
  'scan-staging-afterwards',
  'close',
);

describe('a merge', () => {
  it('ends with the image in every environment that was built of it', async () => {
    const results = await run({ commit: commit('a'), actor: 'carl' });
    expect(world.said).toEqual([]);
    expect(results).toEqual({ ...MERGED, ...BY_HAND_ONLY });
    const digest = await digestOf(commit('a'), 1);
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(await applied()).toEqual(['dev', 'staging', 'prod'].map((name) => `${name} ${digest}`));
    expect(world.scanned).toEqual([digest]);
    expect(await world.text('verified')).toBe(
      'https://api.fintech.example.com --environment prod --read-only --sarif verify.sarif\n',
    );

    // And the task that the stack makes of that variable is of that image.
    const imageDigest = imageDigestOf({ PORTCULLIS_IMAGE_DIGEST: digest });
    const stack = synthesize(new ServiceStack(Testing.app(), { policy, environment: prod(), imageDigest }));
    const containers = JSON.parse(
      String(only(stack, 'aws_ecs_task_definition').container_definitions),
    ) as object[];
    expect(containers).toMatchObject([{ image: `${IMAGE}@${digest}` }]);
  });

  it.each([
    ['what is dangerous', 4, 'failure'],
    ['that it could not be asked', 1, 'failure'],
    ['what deviates in words', 2, 'success'],
  ])('whose production says to `verify` %s is red, or not', async (_, verdict, result) => {
    await writeFile(join(folder, 'verdict'), String(verdict));
    const results = await run({ commit: commit('a'), actor: 'carl' });
    expect(results).toMatchObject({ 'deploy-prod': 'success', 'verify-prod': result });
  });

  it('whose scan does not pass stays out of production', async () => {
    const results = await run({ commit: commit('a'), actor: 'carl', scan: () => false });
    expect(results).toMatchObject({ 'scan-staging': 'failure', ...skipped('plan-prod', 'deploy-prod') });
    expect((await applied()).map((line) => line.split(' ')[0])).toEqual(['dev', 'staging']);
  });

  it.each<[string, Record<string, string>]>([
    ['of another repository', { repo: 'somebody/fintech-api' }],
    ['of another workflow', { 'signer-workflow': `${REPOSITORY}/.github/workflows/ci.yml` }],
    ['of another branch', { 'source-ref': 'refs/heads/side' }],
    ['of another commit', { 'source-digest': commit('b') }],
    ['of something else than a build', { 'predicate-type': 'https://spdx.dev/Document' }],
    ["of a runner that is not GitHub's", { runner: 'self-hosted' }],
  ])('whose image has an attestation %s alone is applied nowhere', async (_, other) => {
    const results = await run({
      commit: commit('a'),
      actor: 'carl',
      after: async (job, step) => {
        if (job === 'image' && step === 'Attest where it comes from')
          await world.replaceAttestations(`${IMAGE}@${await digestOf(commit('a'), 1)}`, commit('a'), other);
      },
    });
    expect(results).toMatchObject({ 'deploy-dev': 'failure', ...skipped('plan-staging', 'deploy-prod') });
    expect(world.said.join('\n')).toContain('no attestation says');
    expect(await applied()).toEqual([]);
  });
});

describe('at night', () => {
  const DEPLOYED = 'ssm/_portcullis_fintech-api_prod_service_imageDigest';

  it('a break-glass deploy goes to production at once, and stays open until its scan has passed', async () => {
    await run({ commit: commit('a'), actor: 'carl' });
    const scan = jest.fn(() => false);
    const happening = { commit: commit('b'), actor: 'carl', inputs: byHand('break-glass'), scan };
    const results = await run(happening);
    const digest = await digestOf(commit('b'), 2);
    expect(results).toEqual({
      ...skipped('plan-dev', 'deploy-dev', 'plan-staging', 'deploy-staging', 'scan-staging', 'close'),
      alert: 'success',
      image: 'success',
      'plan-prod': 'success',
      'deploy-prod': 'success',
      record: 'success',
      'plan-staging-afterwards': 'success',
      'deploy-staging-afterwards': 'success',
      'scan-staging-afterwards': 'failure',
      'verify-prod': 'success',
    });
    expect((await applied()).slice(3)).toEqual([`prod ${digest}`, `staging ${digest}`]);
    expect(scan).toHaveBeenCalledWith(digest);
    const issue = await world.text('issues');
    expect(issue).toContain('@fintech-example/platform: carl deploys commit bbbb');
    expect(issue).toContain('    logins fail\n');
    expect(JSON.parse(/```\n(\{.*?\n\})\n```/s.exec(issue)?.[1] ?? '')).toMatchObject({
      environment: 'prod',
      reason: 'logins fail',
      startedBy: ['carl'],
      approvedBy: ['dora'],
      commit: commit('b'),
      image: digest,
    });
    expect(issue).not.toContain('closed');

    // Run again, with what was found mended.
    expect(await run({ ...happening, scan: () => true })).toMatchObject({ close: 'success' });
    expect(await world.text('issues')).toContain('closed');
  });

  it('what a break-glass deploy applied is scanned, and not called refused, though the job failed after it', async () => {
    const results = await run({
      commit: commit('b'),
      actor: 'carl',
      inputs: byHand('break-glass'),
      after: async (job, step) => {
        if (job !== 'deploy-prod') return;
        if (step === 'Apply what was reviewed, unscanned')
          await writeFile(join(folder, 'served', prod().aws.domain), 'not ready');
        if (step === 'Keep the evidence')
          await rm(join(folder, 'artifacts', 'break-glass-prod'), { recursive: true });
      },
    });
    const digest = await digestOf(commit('b'), 1);
    expect(await applied()).toEqual([`prod ${digest}`, `staging ${digest}`]);
    expect(results).toMatchObject({ 'deploy-prod': 'failure', 'scan-staging-afterwards': 'success' });
    expect(await world.text('issues')).not.toContain('before anything was applied');
  });

  it('nobody breaks the glass alone', async () => {
    approver = 'Carl';
    const results = await run({ commit: commit('b'), actor: 'carl', inputs: byHand('break-glass') });
    expect(results).toMatchObject({ 'deploy-prod': 'failure', record: 'success' });
    expect(world.said.join('\n')).toContain('nobody but carl approved this deploy to prod');
    expect(await applied()).toEqual([]);
  });

  it('an alert that reaches nobody stops it', async () => {
    const inputs = { ...byHand('break-glass'), reason: ' \n\u200b\u3164\u2800' };
    const results = await run({ commit: commit('b'), actor: 'carl', inputs });
    expect(results).toMatchObject({ alert: 'failure', ...skipped('plan-prod', 'deploy-prod', 'record') });
  });

  it.each<[string, string | undefined, boolean]>([
    ['prod', 'break-glass', false],
    ['prod', 'break-glass', true],
    // A merge brings to staging what is scanned only there.
    ['staging', undefined, false],
  ])(
    'in %s, what a deploy (%s) brought before its scan is good once that has passed: %s',
    async (where, way, passes) => {
      await run({ commit: commit('a'), actor: 'carl' });
      const inputs = way === undefined ? {} : { inputs: byHand(way, where) };
      await run({ commit: commit('b'), actor: 'carl', ...inputs, scan: () => passes });
      await run({ commit: commit('c'), actor: 'carl' });
      await run({ commit: commit('d'), actor: 'carl', inputs: byHand('rollback', where) });
      expect(world.said).toEqual([]);
      const digest = passes ? await digestOf(commit('b'), 2) : await digestOf(commit('a'), 1);
      expect((await applied()).at(-1)).toBe(`${where} ${digest}`);
    },
  );

  it('nothing is rolled back without a reason', async () => {
    for (const letter of ['a', 'b']) await run({ commit: commit(letter), actor: 'carl' });
    const inputs = { ...byHand('rollback'), reason: '\u3164 ' };
    const results = await run({ commit: commit('c'), actor: 'carl', inputs });
    expect(results).toMatchObject({ 'plan-prod': 'failure', 'deploy-prod': 'skipped' });
    expect(world.said.join('\n')).toContain('no reason is given');
  });

  it('a break-glass deploy skips neither the digest of the plan nor the attestation', async () => {
    const results = await run({
      commit: commit('b'),
      actor: 'carl',
      inputs: byHand('break-glass'),
      after: async (job, step) => {
        if (job === 'image' && step === 'Attest where it comes from')
          await world.replaceAttestations(`${IMAGE}@${await digestOf(commit('b'), 1)}`, commit('c'));
      },
    });
    expect(results).toMatchObject({ 'deploy-prod': 'failure' });
    expect(await applied()).toEqual([]);
  });

  it('a rollback brings back what was served before, of its own commit, built and scanned no more', async () => {
    for (const letter of ['a', 'b', 'c']) await run({ commit: commit(letter), actor: 'carl' });
    const [one, two] = [await digestOf(commit('a'), 1), await digestOf(commit('b'), 2)];
    world.scanned.length = 0;
    const back = { commit: commit('d'), actor: 'carl', inputs: byHand('rollback') };
    const results = await run(back);
    expect(world.said).toEqual([]);
    expect(results).toMatchObject({
      image: 'skipped',
      'plan-prod': 'success',
      'deploy-prod': 'success',
      ...skipped('plan-dev', 'deploy-dev', 'scan-staging', 'alert', 'record', 'plan-staging-afterwards'),
    });
    expect((await applied()).at(-1)).toBe(`prod ${two}`);
    expect(await world.text(DEPLOYED)).toContain(two);
    expect(world.scanned).toEqual([]);

    // Once more, it goes further back: never to what was rolled back from.
    await run(back);
    expect((await applied()).at(-1)).toBe(`prod ${one}`);
    expect(await run(back)).toMatchObject({ 'plan-prod': 'failure', 'deploy-prod': 'skipped' });
    expect(world.said.join('\n')).toContain('nothing was served before');
  });
});
