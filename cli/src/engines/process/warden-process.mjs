/**
 * The warden: a process that outlives its parent by a few seconds. The parent tells it over IPC which processes and
 * folders are its own; when the channel closes, for whatever reason (SIGKILL included), the warden ends what is left
 * of them. A parent that closes in good order has nothing left to end.
 */
import { rm } from 'node:fs/promises';

const GRACE_MS = 3_000;
const POLL_MS = 25;

/** As kill(2) takes them: a process group is the negative of its number. */
const targets = new Set();
const folders = new Set();

/** False when nobody of it is left. */
function signal(target, name) {
  try {
    process.kill(target, name);
    return true;
  } catch {
    return false;
  }
}

async function endEverything() {
  for (const target of targets) signal(target, 'SIGTERM');
  const deadline = Date.now() + GRACE_MS;
  while ([...targets].some((target) => signal(target, 0)) && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  for (const target of targets) signal(target, 'SIGKILL');
  for (const folder of folders) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  process.exit(0);
}

process.on('message', ({ watch, forget, folder, forgetFolder }) => {
  if (watch !== undefined) targets.add(watch);
  if (forget !== undefined) targets.delete(forget);
  if (folder !== undefined) folders.add(folder);
  if (forgetFolder !== undefined) folders.delete(forgetFolder);
});
process.on('disconnect', () => void endEverything());
process.send('ready');
