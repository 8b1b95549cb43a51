/** Runs an app that ignores SIGTERM, tells its number, and waits for its own end. */
import { runApp } from '../../cli/src/app-start/run-app';
import { Warden } from '../../cli/src/engines/process/warden';

// Nothing is left of it when the test is gone.
process.once('disconnect', () => process.exit());

const STUBBORN = "process.on('SIGTERM', () => undefined); setInterval(() => undefined, 1_000);";

void Warden.start().then((warden) =>
  runApp({
    ...{ command: process.execPath, args: ['-e', STUBBORN], env: process.env },
    signal: new AbortController().signal,
    warden: {
      watch: (target) => {
        warden.watch(target);
        process.send?.(target);
      },
      forget: (target) => warden.forget(target),
    },
  }),
);
