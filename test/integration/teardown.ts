import { once } from 'node:events';

/** Stops the servers and removes their folder. */
export default async function teardown(): Promise<void> {
  const child = globalThis.deployedProcess;
  if (child?.connected !== true) return;
  const gone = once(child, 'exit');
  child.disconnect();
  await gone;
}
