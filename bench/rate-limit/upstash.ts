/** Upstash's side of the benchmark, in a process of its own: its REST protocol in front of the same Redis. */
import { startUpstash } from '../../test/support/upstash';
import { settings } from '../lib/settings';

const { redisUrl, token } = settings() as { redisUrl: string; token: string };

startUpstash(redisUrl, token).then(
  ({ url }) => process.send?.(url),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
