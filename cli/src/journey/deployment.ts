import { strict as assert } from 'node:assert';
import type { Step } from './step';

export const deployment: readonly Step[] = [
  {
    title: 'a second deploy plans no change',
    async walk(world) {
      assert.deepEqual(await world.pendingChanges(), []);
      return '0 to add, 0 to change, 0 to destroy';
    },
  },
];
