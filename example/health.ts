import { Router } from 'express';

/** Whether a dependency works. A rejection counts as no; its reason is never shown. */
export type DependencyCheck = () => boolean | Promise<boolean>;

const CHECKED_AGAIN_AFTER_MS = 1_000;
const CHECK_TIMEOUT_MS = 2_000;

/**
 * `/healthz`: the process runs. `/readyz`: it can serve, each dependency by name. Both are open to
 * everyone, so the checks run once a second at most however often they are asked for.
 */
export function health(checks: Readonly<Record<string, DependencyCheck>>): Router {
  const router = Router();
  let latest: { at: number; result: Promise<Record<string, 'up' | 'down'>> } | undefined;

  router.get('/healthz', (_req, res) => {
    res.json({ status: 'up' });
  });

  router.get('/readyz', async (_req, res) => {
    const now = performance.now();
    if (!latest || now - latest.at > CHECKED_AGAIN_AFTER_MS) latest = { at: now, result: checkAll(checks) };
    const dependencies = await latest.result;
    const ready = Object.values(dependencies).every((state) => state === 'up');
    res
      .set('Cache-Control', 'no-store')
      .status(ready ? 200 : 503)
      .json({ status: ready ? 'ready' : 'not ready', dependencies });
  });

  return router;
}

async function checkAll(
  checks: Readonly<Record<string, DependencyCheck>>,
): Promise<Record<string, 'up' | 'down'>> {
  const results = Object.entries(checks).map(async ([name, check]) => [name, await isUp(check)] as const);
  return Object.fromEntries(await Promise.all(results));
}

async function isUp(check: DependencyCheck): Promise<'up' | 'down'> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<'down'>((resolve) => (timer = setTimeout(resolve, CHECK_TIMEOUT_MS, 'down')));
  const answer = Promise.resolve()
    .then(check)
    .then((works) => (works ? ('up' as const) : ('down' as const)))
    .catch(() => 'down' as const);
  return Promise.race([answer, timeout]).finally(() => clearTimeout(timer));
}
