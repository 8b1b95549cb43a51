import { join } from 'node:path';
import type { ContainerEngine } from './container-engine';

const CHECKOUT = join(__dirname, '../../..');

/** Builds the Dockerfile as it is. What did not change is taken from the last build. @returns the image's digest */
export async function buildImage(engine: ContainerEngine): Promise<string> {
  // Without iptables, a build reaches registries by the machine's own network alone.
  const output = await engine.docker(
    'build',
    '--network',
    'host',
    '--quiet',
    '--tag',
    'fintech-api',
    CHECKOUT,
  );
  return output.trim();
}
