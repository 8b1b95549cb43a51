import { PortcullisError, type PortcullisErrorCode } from '../../errors';

/** What keeps a server of the user's from being used, and what to do about it. Neither ever holds a secret. */
export interface Obstacle {
  readonly problem: string;
  readonly remedy: string;
}

/** All obstacles in one error. */
export function refusal(code: PortcullisErrorCode, obstacles: readonly Obstacle[]): PortcullisError {
  const lines = obstacles.map(({ problem, remedy }) => `  ${problem}\n    → ${remedy}`);
  return new PortcullisError(
    code,
    [
      `${obstacles.length === 1 ? 'a server' : 'servers'} of yours cannot be used as named; nothing was changed:`,
      ...lines,
    ].join('\n'),
    'or leave the server out: npm start then starts one of its own',
  );
}
