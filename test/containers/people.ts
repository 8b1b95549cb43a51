import type { Browser } from 'playwright-core';
import { policy } from '../../policy';
import type { AwsEnvironment } from '../../stacks/environments/define-environment';
import { frontOf } from './place';

/** Chromium's flag that says at which address the environment's names are. */
export function resolving({ aws, serviceCidrs }: AwsEnvironment): string {
  const front = frontOf(serviceCidrs[0] ?? '');
  const names = [aws.domain, new URL(policy.issuer).hostname];
  return `--host-resolver-rules=${names.map((name) => `MAP ${name} ${front}`).join(', ')}`;
}

/** Logs in by code and PKCE, as a person does, and out again. @returns what the page showed of the person */
export async function logInAndOut(browser: Browser, origin: string): Promise<string> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  context.setDefaultTimeout(60_000);
  try {
    const page = await context.newPage();
    const challenges: (string | null)[] = [];
    page.on('request', (request) => {
      const url = new URL(request.url());
      if (url.searchParams.get('response_type') === 'code')
        challenges.push(url.searchParams.get('code_challenge_method'));
    });
    await page.goto(origin);
    await page.getByRole('link', { name: 'Log in' }).click();
    await page.getByRole('button', { name: 'Grace Hopper' }).click();
    await page.getByRole('heading', { name: 'Grace Hopper' }).waitFor();
    const card = await page.getByRole('main').innerText();
    if (challenges.join() !== 'S256') throw new Error(`no PKCE, or more than one try: ${challenges.join()}`);
    await page.getByRole('button', { name: 'Log out' }).click();
    return card;
  } finally {
    await context.close();
  }
}
