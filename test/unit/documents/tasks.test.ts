/** A script of `test/tasks` does what its page says: each of its commands is there, word for word. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKOUT } from '../../support/documents/sources';

const FOLDER = join(CHECKOUT, 'test/tasks');
const scripts = readdirSync(FOLDER).filter((file) => file.endsWith('.sh') && file !== 'prelude.sh');

/** What a newcomer types, among what a script does besides. */
const TYPED = /^(?:[A-Z]\w*=… )*(?:npx (?:portcullis|cdktf)|npm|openssl|vault) /;

/** Each command by itself, on one line, without comments and values of variables. */
const commandsIn = (shell: string): string[] =>
  shell
    .replaceAll(/\\\n\s*/g, '')
    .replaceAll(/^ *#.*$|\s#\s.*$/gm, '')
    .split(/\n|\|+|&&|\$\(| [12]?>|(?<=\w)\)/)
    .map((command) =>
      command
        .replaceAll(/\s+/g, ' ')
        .trim()
        .replace(/^exits \d+ /, '')
        .replace(/^npm run (?:--silent )?portcullis -- /, 'npx portcullis ')
        .replaceAll(/\b([A-Z]\w*)=\S+ (?=npx)/g, '$1=… '),
    )
    .filter((command) => TYPED.test(command));

/** Those of its snippets of a shell, and those in its text. */
const shownOn = (page: string): string[] =>
  [...page.matchAll(/^ *```sh\n([\s\S]*?)^ *```$/gm), ...page.matchAll(/`([^`\n]+)`/g)].flatMap(
    ([, code = '']) => commandsIn(code),
  );

/** What the script types that its pages do not show. It may add an option at the end. */
function strangers(script: string, pageOf: (path: string) => string): string[] {
  const pages = [...script.matchAll(/^# Page: (\S+)$/gm)].map(([, path = '']) => pageOf(path));
  const names = [...script.matchAll(/^# Here (\S+) is (.+)$/gm)];
  const shown = pages
    .flatMap(shownOn)
    .map((command) =>
      names.reduce((text, [, there = '', here = '']) => text.replaceAll(there, here), command),
    );
  return commandsIn(script).filter(
    (command) => !shown.some((one) => command === one || command.startsWith(`${one} `)),
  );
}

const read = (path: string): string => readFileSync(join(CHECKOUT, path), 'utf8');

it.each(scripts)('%s types what its pages show', (file) => {
  const script = readFileSync(join(FOLDER, file), 'utf8');
  expect(script).toMatch(/^# Page: /m);
  expect(commandsIn(script)).not.toEqual([]);
  expect(strangers(script, read)).toEqual([]);
});

it('a command that no page shows would be found, and one with other values is the page’s', () => {
  const page = `Run \`npm test\`.

\`\`\`sh
npx portcullis limits show acme    # what is left
TF_VAR_a=… npx cdktf deploy x
\`\`\`
`;
  const script = `# Page: docs/x.md
# Here acme is org-1
npx portcullis limits show org-1 | grep 5
TF_VAR_a=$SECRET npx cdktf deploy x --auto-approve
npm test
exits 4 npx portcullis plan
secret=$(npx portcullis token pro)
`;
  expect(strangers(script, () => page)).toEqual(['npx portcullis plan', 'npx portcullis token pro']);
});
