import { Router } from 'express';

/** Whether a dependency works. A rejection counts as no. Its reason is never shown. */
export type DependencyCheck = () => boolean | Promise<boolean>;

const CHECKED_AGAIN_AFTER_MS = 1_000;
const CHECK_TIMEOUT_MS = 2_000;

type State = 'up' | 'down' | 'degraded';

/**
 * `/healthz` says that the process runs. `/readyz` says whether it can serve, with the state of each dependency by name.
 * Both are open to everyone, so the checks run once a second at most, however often somebody asks.
 *
 * @param checks of dependencies without which the service is not ready.
 * @param dispensable checks of dependencies that the service can do without for a while: without them it is `degraded`,
 *   and stays ready.
 * @param release what runs, the digest of an image or a commit, so that a deploy can tell when it is there.
 */
export function health(
  checks: Readonly<Record<string, DependencyCheck>>,
  dispensable: Readonly<Record<string, DependencyCheck>> = {},
  release?: string,
): Router {
  const router = Router();
  let latest: { at: number; result: Promise<Record<string, State>> } | undefined;
  const checkAll = async (): Promise<Record<string, State>> => ({
    ...(await statesOf(checks, 'down')),
    ...(await statesOf(dispensable, 'degraded')),
  });

  router.get('/healthz', (_req, res) => {
    res.json({ status: 'up', ...(release !== undefined && { release }) });
  });

  router.get('/readyz', async (_req, res) => {
    const now = performance.now();
    if (!latest || now - latest.at > CHECKED_AGAIN_AFTER_MS) latest = { at: now, result: checkAll() };
    const dependencies = await latest.result;
    const ready = Object.values(dependencies).every((state) => state !== 'down');
    res
      .set('Cache-Control', 'no-store')
      .status(ready ? 200 : 503)
      .json({ status: ready ? 'ready' : 'not ready', dependencies });
  });

  return router;
}

async function statesOf(
  checks: Readonly<Record<string, DependencyCheck>>,
  otherwise: 'down' | 'degraded',
): Promise<Record<string, State>> {
  const results = Object.entries(checks).map(
    async ([name, check]) => [name, (await isUp(check)) ? 'up' : otherwise] as const,
  );
  return Object.fromEntries(await Promise.all(results));
}

async function isUp(check: DependencyCheck): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<boolean>((resolve) => (timer = setTimeout(resolve, CHECK_TIMEOUT_MS, false)));
  const answer = Promise.resolve()
    .then(check)
    .catch(() => false);
  return Promise.race([answer, timeout]).finally(() => clearTimeout(timer));
}
