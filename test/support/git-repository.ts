import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface GitRepository {
  write(name: string, text: string): void;
  /** @returns what git printed */
  git(...args: string[]): string;
  commit(message: string): void;
}

/** A repository of a test's own. @param folder is asked at each use: most tests have one each */
export function gitRepository(folder: () => string): GitRepository {
  const git = (...args: string[]): string => {
    const who = ['-c', 'user.name=a', '-c', 'user.email=a@example.com', '-c', 'commit.gpgsign=false'];
    return execFileSync('git', [...who, ...args], { cwd: folder(), encoding: 'utf8' });
  };
  return {
    git,
    write: (name, text) => {
      mkdirSync(dirname(join(folder(), name)), { recursive: true });
      writeFileSync(join(folder(), name), text);
    },
    commit: (message) => {
      git('add', '--all');
      git('commit', '--quiet', '--message', message);
    },
  };
}
