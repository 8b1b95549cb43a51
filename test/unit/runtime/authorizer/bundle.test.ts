import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bundleAuthorizer } from '../../../../constructs/src/aws/authorizer/bundle';
import { policy } from '../../../../policy';
import { startIssuer, type TestIssuer } from '../../../support/auth/issuer';
import { Forge } from '../../../support/attack/forge';
import { httpApiEvent, requestEvent, tokenEvent } from '../../../support/attack/gateway';

let folder: string;
let issuer: TestIssuer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'authorizer-'));
  issuer = await startIssuer();
});

afterAll(async () => {
  await issuer.stop();
  rmSync(folder, { recursive: true });
});

it('is one file of at most 60 KB that asks for nothing but Node', () => {
  const code = bundleAuthorizer({ policy });
  expect(Buffer.byteLength(code)).toBeLessThanOrEqual(60 * 1_024);
  const required = [...code.matchAll(/require\("([^"]+)"\)/g)].map(([, name]) => name);
  expect(required.length).toBeGreaterThan(0);
  expect(required.filter((name) => !name?.startsWith('node:'))).toEqual([]);
});

it('is the same for the same options, wherever it is made', () => {
  const here = process.cwd();
  const first = bundleAuthorizer({ policy });
  process.chdir(folder);
  try {
    expect(bundleAuthorizer({ policy })).toBe(first);
  } finally {
    process.chdir(here);
  }
  expect(bundleAuthorizer({ policy, toleranceSeconds: 6 })).not.toBe(first);
});

it('answers in a bare Node process, to documents of both payloads', async () => {
  const forge = new Forge(issuer.url, policy.audience, Math.floor(Date.now() / 1_000));
  issuer.publish(...forge.published);
  writeFileSync(join(folder, 'index.js'), bundleAuthorizer({ policy, issuer: issuer.url }));
  const good = { headers: [['Authorization', `Bearer ${forge.token()}`]] as const };
  const events = [
    tokenEvent(good),
    requestEvent(good),
    httpApiEvent(policy, good),
    tokenEvent({ headers: [['Authorization', 'Bearer a.b.c']] }),
  ];
  const script = `
    const { handler } = require('./index.js');
    const settled = (event) => handler(event).then((answer) => answer, (error) => ({ error: error.message }));
    (async () => {
      const answers = [];
      for (const event of JSON.parse(process.argv[1])) answers.push(await settled(event));
      process.stdout.write(JSON.stringify(answers) + '\\n', () => process.exit());
    })();`;
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', script, JSON.stringify(events)], {
    cwd: folder,
  });
  const answers = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, unknown>[];
  expect(answers[0]).toMatchObject({ principalId: 'user-1' });
  expect(answers[1]).toEqual(answers[0]);
  expect(answers[2]).toMatchObject({ isAuthorized: true });
  expect(answers[3]).toEqual({ error: 'Unauthorized' });
});

it('takes no part of the options into a command or a path', () => {
  const odd = '"; process.exit(1); //\u2028${1}`</script>';
  writeFileSync(
    join(folder, 'odd.js'),
    bundleAuthorizer({ policy, audience: odd, jwksUri: `${issuer.url}/jwks` }),
  );
  const script = "process.stdout.write(typeof require('./odd.js').handler); process.exit()";
  expect(execFileSync(process.execPath, ['-e', script], { cwd: folder, encoding: 'utf8' })).toBe('function');
});
