import { authentication } from './authentication';
import { afterStopping, credentials } from './credentials';
import { deployment } from './deployment';
import { limits } from './limits';
import type { Step } from './step';

/** Everything that Portcullis promises, in the order in which a newcomer would try it. */
export const journey: readonly Step[] = [
  ...authentication,
  ...limits,
  ...credentials,
  ...deployment,
  ...afterStopping,
];

export type { Step } from './step';
export type { ClientName, World } from './world';
