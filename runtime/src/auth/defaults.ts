import type { Algorithm } from './keys/algorithms';

export const DEFAULT_ALGORITHMS: readonly Algorithm[] = ['RS256', 'PS256', 'ES256', 'EdDSA'];
export const DEFAULT_TOLERANCE_SECONDS = 5;
