/** How the shop's code was refactored since the first deploy: `SHAPE`. It says nothing about what is deployed. */
import { Construct } from 'constructs';

const shape = process.env.SHAPE ?? 'first';

/** What a construct is called. */
export const called = (name: string): string => (shape === 'renamed' ? `shop-${name}` : name);

/** In what constructs are. */
export const inside = (scope: Construct): Construct =>
  shape === 'nested' ? new Construct(new Construct(scope, 'team'), 'platform') : scope;
