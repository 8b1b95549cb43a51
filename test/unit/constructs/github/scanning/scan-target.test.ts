import { tmpdir } from 'node:os';
import { SEE_IMAGE, seeTarget } from '../../../../../constructs/src/github/scanning/scan-target';
import { inShell } from '../../../../support/github/step';

/** What a step said and how it ended, with these values of its variables. */
const ended = (
  script: string | undefined,
  variables: NodeJS.ProcessEnv,
): Promise<{ code?: number; stdout: string }> =>
  inShell(tmpdir(), script ?? '', variables).catch(
    (failed: unknown) => failed as { code: number; stdout: string },
  );

describe("the variable that names ZAP's image", () => {
  const digest = `sha256:${'0a'.repeat(32)}`;

  it.each([
    `ghcr.io/zaproxy/zaproxy:stable@${digest}`,
    `zaproxy/zap-stable@${digest}`,
    `localhost:5000/zap@${digest}`,
  ])('lets a scan begin: %s', async (ZAP_IMAGE) => {
    expect(await ended(SEE_IMAGE.run, { ZAP_IMAGE })).toMatchObject({ stdout: '' });
  });

  it.each([
    '',
    'ghcr.io/zaproxy/zaproxy:stable',
    'ghcr.io/zaproxy/zaproxy@sha256:abc',
    `ghcr.io/zaproxy/zaproxy:stable@${digest} --privileged`,
    `--privileged@${digest}`,
    `x@${digest}\n::warning::y`,
  ])('fails the job, and says so, when it is %j', async (ZAP_IMAGE) => {
    const { code, stdout } = await ended(SEE_IMAGE.run, { ZAP_IMAGE });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^::error::the variable ZAP_IMAGE is .*, expected an image by its digest/);
    // A line of its own would be a command to the runner.
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
  });
});

describe('the variable that says where staging is', () => {
  const { run, env } = seeTarget('https://api.example.com/', 'staging');

  it('lets a full scan begin', async () => {
    const STAGING_URL = 'https://staging.api.example.com';
    expect(await ended(run, { ...env, STAGING_URL })).toMatchObject({ stdout: '' });
  });

  it.each([
    ['', 'expected an origin'],
    ['staging.api.example.com', 'expected an origin'],
    ['https://staging.api.example.com/', 'expected an origin'],
    ['https://staging.api.example.com@mallory.example.org', 'expected an origin'],
    ['https://api.example.com', 'is the host of production'],
    ['https://api.example.com:443', 'is the host of production'],
    ['http://api.example.com', 'is the host of production'],
    ['http://api.example.com:8080', 'is the host of production'],
    ['https://api.example.com.', 'is the host of production'],
  ])('fails the job, and says so, when it is %j', async (STAGING_URL, words) => {
    const { code, stdout } = await ended(run, { ...env, STAGING_URL });
    expect(code).toBe(1);
    expect(stdout).toContain(words);
  });
});
