import type { Command } from 'commander';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** `portcullis workflows`: the files of `.github` and `.zap`, made from their settings. */
export function register(program: Command): void {
  program
    .command('workflows')
    .description('writes the workflows and scan rules that stacks/github-settings.ts describes')
    .option('--check', 'write nothing; exit code 1 when a file is not as it would be written')
    .action(async ({ check }: { check?: boolean }) => {
      const stale = await staleFiles();
      for (const [path, content] of stale) {
        console.log(`${check ? 'not as described' : 'written'}: ${path}`);
        if (check) continue;
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, content);
      }
      if (check && stale.length > 0) {
        console.log('Run `portcullis workflows`, and commit what it writes.');
        process.exitCode = 1;
      }
    });
}

async function staleFiles(): Promise<[path: string, content: string][]> {
  // Only here: an environment's file that is wrong is no reason for another command to fail.
  const { deliveryFiles } = await import('../../../stacks/github-settings.js');
  const files = Object.entries(deliveryFiles());
  const present = await Promise.all(files.map(([path]) => readFile(path, 'utf8').catch(() => undefined)));
  return files.filter(([, content], index) => present[index] !== content);
}
