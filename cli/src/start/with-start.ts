import { COMMANDS, type Commands } from '../program';

/**
 * The commands, but for `start`, which serves the example API of this repository here. The package's own runs any app.
 */
export const WITH_START: Commands = { ...COMMANDS, start: () => import('./command.js') };
