/** What a job asks GitHub about runs, by the token that GitHub gives it. */
import { z } from 'zod';
import { PortcullisError, messageOf } from '../errors';

/** Variables of a job, with its token. */
export const githubSchema = z.object({
  GITHUB_API_URL: z.url({ protocol: /^https?$/ }),
  GITHUB_REPOSITORY: z.string().regex(/^[\w.-]+\/[\w.-]+$/),
  GH_TOKEN: z.string().min(1),
});

export type Github = z.output<typeof githubSchema>;

const TIMEOUT_MS = 15_000;

/** @throws PortcullisError `ERR_SETTING` outside of a job. */
export function inJob<T>(schema: z.ZodType<T>, variables: NodeJS.ProcessEnv, remedy: string): T {
  const parsed = schema.safeParse(variables);
  if (parsed.success) return parsed.data;
  const names = [...new Set(parsed.error.issues.map(({ path }) => path.join('.')))];
  throw new PortcullisError(
    'ERR_SETTING',
    `a job of GitHub sets ${names.join(', ')}, which are missing or are something else here`,
    remedy,
  );
}

/**
 * @param path below the repository. @param question as in `who approved the run`.
 * @returns the JSON of the answer; undefined where GitHub has nothing there.
 * @throws PortcullisError `ERR_UNREACHABLE`
 */
export async function askGithub(github: Github, path: string, question: string): Promise<unknown> {
  try {
    const response = await fetch(`${github.GITHUB_API_URL}/repos/${github.GITHUB_REPOSITORY}/${path}`, {
      headers: { accept: 'application/vnd.github+json', authorization: `Bearer ${github.GH_TOKEN}` },
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.status === 404) return undefined;
    if (!response.ok) throw new Error(`it answers ${response.status}`);
    return await response.json();
  } catch (cause) {
    throw unclear(question, messageOf(cause), cause);
  }
}

export function unclear(question: string, problem: string, cause?: unknown): PortcullisError {
  return new PortcullisError(
    'ERR_UNREACHABLE',
    `GitHub does not say ${question}: ${problem}`,
    'start the deploy anew; its job has to have the permission actions: read',
    { cause },
  );
}
