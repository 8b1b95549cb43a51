/** The step of plan.yml that keeps one comment a stack, as a runner runs it; what it calls `gh` stands in for GitHub's. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { deliveryFiles } from '../../../../stacks/github-settings';
import { useRun } from '../../../support/engines';
import { inShell } from '../../../support/github/step';

interface Comment {
  readonly id: number;
  readonly user: { readonly login: string };
  readonly body: string;
}

const MARKER = '<!-- portcullis plan vault-dev -->';
const BOT = 'github-actions[bot]';
const comment = (id: number, login: string, body: string): Comment => ({ id, user: { login }, body });

/** Prints every page of comments after the other, as `gh api --paginate` does, and writes down what it was to change. */
const GH = `gh() {
  if [ "$2" = --paginate ]; then cat pages.json; else printf '%s\\n' "$*" >> changes; fi
}`;

const run = useRun();
const script = Object.values(
  (
    parse(deliveryFiles()['.github/workflows/plan.yml'] ?? '') as {
      jobs: Record<string, { steps: { name?: string; run?: string }[] }>;
    }
  ).jobs,
)
  .flatMap(({ steps }) => steps)
  .find(({ name }) => name === 'Comment')?.run;

async function changes(name: string, ...pages: Comment[][]): Promise<string> {
  const folder = await run().subfolder(name);
  await writeFile(join(folder, 'comment.md'), `${MARKER}\nnothing changes\n`);
  await writeFile(join(folder, 'pages.json'), pages.map((page) => JSON.stringify(page)).join(''));
  await inShell(folder, `${GH}\n${script}`, { GITHUB_REPOSITORY: 'acme/api', NUMBER: '7', GH_TOKEN: 'x' });
  return readFile(join(folder, 'changes'), 'utf8');
}

it('writes the first comment of a stack', async () => {
  const written = 'api --method POST /repos/acme/api/issues/7/comments --field body=@comment.md\n';
  expect(await changes('no-page')).toBe(written);
  expect(await changes('empty', [])).toBe(written);
  const another = comment(1, BOT, '<!-- portcullis plan vault-prod -->\n1 to add');
  const quoted = comment(2, BOT, `as was said: ${MARKER}`);
  expect(await changes('others', [another, quoted])).toBe(written);
});

it('updates it from then on, on whatever page it is', async () => {
  const pages = [[comment(1, 'jo', 'looks good')], [comment(2, BOT, `${MARKER}\n1 to add`)]];
  expect(await changes('second-page', ...pages)).toBe(
    'api --method PATCH /repos/acme/api/issues/comments/2 --field body=@comment.md\n',
  );
});

it("never touches a person's comment that looks like it", async () => {
  expect(await changes('lookalike', [comment(1, 'mallory', `${MARKER}\nsafe, merge it`)])).toContain('POST');
});
