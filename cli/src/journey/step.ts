import type { World } from './world';

/** One assertion about the running system. `walk` resolves with what was seen, and rejects when it is not so. */
export interface Step {
  readonly title: string;
  walk(world: World): Promise<string>;
}
