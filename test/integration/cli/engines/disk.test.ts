/** Folders that cannot be written to: what is said names the folder, what was to be written there, and what to do. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'portcullis-disk-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a shell script in a world of its own, where it may mount what it likes. */
const inNamespace = (script: string): ReturnType<typeof spawnSync> =>
  spawnSync('unshare', [...(process.getuid?.() === 0 ? ['-m'] : ['-Urm']), 'sh', '-ec', script], {
    encoding: 'utf8',
  });

const mayMount = inNamespace(`mount -t tmpfs none ${folder}`).status === 0;
if (!mayMount) process.stderr.write('skipped, for want of the right to mount: full and read-only disks\n');

const PROCESS = join(__dirname, '../../../support/disk-process.ts');
const BOOTSTRAP = join(__dirname, '../../../../bootstrap.mjs');

/** What is said when this program meets a disk of these options, at the folder that the variable names. */
function said(program: string, variable: string, options: string): string {
  const { stdout, stderr } = inNamespace(
    `mount -t tmpfs -o ${options} none ${folder}; ${variable}=${folder} ${process.execPath} ${program} || true`,
  );
  return `${String(stdout)}${String(stderr)}`;
}

const tsx = `--import ${require.resolve('tsx')} ${PROCESS}`;

(mayMount ? describe : describe.skip)('a disk', () => {
  it.each<[string, string, string, string, RegExp]>([
    ['full, for an engine', `${tsx} engine`, 'PORTCULLIS_CACHE', 'size=2m', /^ERR_DISK: engines .*is full/],
    ['read-only, for an engine', `${tsx} engine`, 'PORTCULLIS_CACHE', 'ro', /^ERR_DISK: engines .*EROFS/],
    ['small, for a start', `${tsx} environment`, 'TMPDIR', 'size=20m', /^ERR_DISK: .* has 20 MB .* 250 MB/],
    ['read-only, for any command', `${BOOTSTRAP} start`, 'TMPDIR', 'ro', /^Portcullis cannot write .*EROFS/],
  ])(
    'that is %s, is named, with the variable that names another',
    (_what, program, variable, options, words) => {
      const text = said(program, variable, options);
      expect(text).toMatch(words);
      expect(text).toContain(folder);
      expect(text).toContain(variable);
    },
  );

  it('of the home folder that may only be read is told with the variable that names another cache', () => {
    const program = `${process.execPath} ${tsx} engine || true`;
    const { stdout } = inNamespace(
      `mount -t tmpfs -o ro none ${folder}; unset PORTCULLIS_CACHE XDG_CACHE_HOME; HOME=${folder} ${program}`,
    );
    expect(stdout).toMatch(/^ERR_DISK: engines .* may not be written/);
    expect(stdout).toContain(folder);
    expect(stdout).toContain('PORTCULLIS_CACHE');
  });

  it('that may only be read keeps no start waiting for a build of another', () => {
    expect(said(`${tsx} engine`, 'PORTCULLIS_CACHE', 'ro')).not.toContain('ERR_CACHE_BUSY');
  });
});
