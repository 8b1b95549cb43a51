/** Opens a run with stubborn processes in it, tells their numbers, and waits for its own end. */
import { Run } from '../../cli/src/engines/process/run';

// Nothing is left of it when the test is gone.
process.once('disconnect', () => process.exit());

/** Ignores SIGTERM, as does the process that it starts itself. */
const STUBBORN = `
  process.on('SIGTERM', () => undefined);
  if (process.argv[1] !== 'grandchild') {
    require('node:child_process').spawn(process.execPath, ['-e', process.env.SCRIPT, 'grandchild']);
  }
  setInterval(() => undefined, 1_000);
`;

void Run.open().then(async (run) => {
  const child = await run.spawn({
    name: 'stubborn',
    command: process.execPath,
    args: ['-e', STUBBORN],
    env: { SCRIPT: STUBBORN },
  });
  process.send?.({ folder: run.folder, group: child.pid, warden: run.warden.pid });
});
