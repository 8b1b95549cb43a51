/** `github/index.ts` imports this first: a provider that is missing is named before anything loads it. */
import { requirePeers } from '../core/providers/peers';

requirePeers('github', 'vault');
