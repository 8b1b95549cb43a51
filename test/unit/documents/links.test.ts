/** Each relative link of a document leads to a file of the checkout, and each anchor to a heading. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { CHECKOUT } from '../../support/documents/sources';

const read = (file: string): string => readFileSync(join(CHECKOUT, file), 'utf8');

/** Documents that git knows, or would take: none of packages, none that was built. */
const documents = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.md'], {
  cwd: CHECKOUT,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(CHECKOUT, file)));

/** Without what is shown as code. */
const proseOf = (markdown: string): string =>
  markdown
    .replace(/^ *(```+|~~~+)[\s\S]*?^ *\1$/gm, '')
    .replace(/(`+)[^`][\s\S]*?\1/g, (span) => (span.includes('\n\n') ? span : ''));

interface Link {
  readonly path: string;
  readonly anchor: string;
}

/** `[text](target)`, `![text](target)`, `[name]: target` and `href="target"`, but for those to other servers. */
function linksIn(markdown: string): Link[] {
  const prose = proseOf(markdown);
  return [
    ...prose.matchAll(/\]\(\s*<?([^)>\s]+)/g),
    ...prose.matchAll(/^ *\[[^\]]+\]:\s+(\S+)/gm),
    ...prose.matchAll(/(?:href|src)="([^"]+)"/g),
  ]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z][a-z+.-]*:/i.test(target))
    .map((target) => {
      const [path = '', anchor = ''] = target.split('#');
      return { path: decodeURIComponent(path), anchor };
    });
}

/** As GitHub names headings: lower case, hyphens for spaces, without punctuation; the second of a name gets `-1`. */
function anchorsIn(markdown: string): string[] {
  const seen = new Map<string, number>();
  const headings = markdown.replace(/^ *(```+|~~~+)[\s\S]*?^ *\1$/gm, '').matchAll(/^#{1,6} +(.+?) *#*$/gm);
  return [...headings].map(([, heading = '']) => {
    const name = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
      .replaceAll(' ', '-');
    const times = seen.get(name) ?? 0;
    seen.set(name, times + 1);
    return times === 0 ? name : `${name}-${times}`;
  });
}

/** What leads nowhere, as `README.md → docs/gone.md#anchor`. */
function deadLinks(
  files: readonly string[],
  readOf: (file: string) => string,
  exists: (file: string) => boolean,
) {
  return files.flatMap((file) =>
    linksIn(readOf(file)).flatMap(({ path, anchor }) => {
      const target =
        path === '' ? file : normalize(path.startsWith('/') ? path.slice(1) : join(dirname(file), path));
      const alive =
        exists(target) &&
        (anchor === '' || !target.endsWith('.md') || anchorsIn(readOf(target)).includes(anchor));
      return alive ? [] : [`${file} → ${target}${anchor && `#${anchor}`}`];
    }),
  );
}

it('every relative link and anchor of every document leads somewhere', () => {
  expect(documents).toEqual(expect.arrayContaining(['README.md', 'CONTRIBUTING.md', 'docs/errors.md']));
  expect(documents.flatMap((file) => linksIn(read(file))).length).toBeGreaterThan(20);
  expect(deadLinks(documents, read, (file) => existsSync(join(CHECKOUT, file)))).toEqual([]);
});

it('a link to nothing would be found: a file, an anchor, of this page and of another', () => {
  const files: Record<string, string> = {
    'a.md': [
      '# One `thing`, and (another)',
      '## Twice',
      '## Twice',
      '[ok](docs/b.md#what-it-is) [ok](#one-thing-and-another) [ok](#twice-1) [ok](https://example.com/x#y)',
      '[gone](docs/c.md) [gone](#thrice) [gone](docs/b.md#nothing)',
      '`[code](nowhere.md)`',
      '```\n[code](nowhere.md)\n# no heading\n```',
      '[gone](#no-heading)',
      '[named]: docs/d.md',
    ].join('\n\n'),
    'docs/b.md': '## What it is?\n\n[up](../a.md#twice) [out](../../a.md)',
  };
  expect(
    deadLinks(
      Object.keys(files),
      (file) => files[file] ?? '',
      (file) => file in files,
    ),
  ).toEqual([
    'a.md → docs/c.md',
    'a.md → a.md#thrice',
    'a.md → docs/b.md#nothing',
    'a.md → a.md#no-heading',
    'a.md → docs/d.md',
    'docs/b.md → ../a.md',
  ]);
});
