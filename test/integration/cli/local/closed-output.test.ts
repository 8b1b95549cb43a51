import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { until } from '../../../support/until';

const CHECKOUT = join(__dirname, '../../../..');

/** As in `npm start | head`, or in a terminal that is closed. */
it('npm start serves on and stops in good order when nobody reads its output any more', async () => {
  const child = spawn(process.execPath, [join(CHECKOUT, 'bootstrap.mjs'), 'start'], {
    cwd: CHECKOUT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  child.stdout.destroy();
  let steps = '';
  child.stderr.on('data', (text: Buffer) => (steps += text.toString()));

  await until(() => steps.includes('✓ Example API') || child.exitCode !== null);
  child.kill('SIGTERM');

  await expect(ended).resolves.toEqual([0, null]);
  expect(steps).toContain('✓ Stopping');
});
