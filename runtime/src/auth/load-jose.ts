import type * as Jose from 'jose';

/**
 * jose, loaded at its first use: the cookies of logins are sealed with it, and access tokens of our own clients are read.
 * An API that only verifies tokens never waits for it, which is a fifth of what loading this package takes.
 */
// eslint-disable-next-line @typescript-eslint/no-require-imports
export const loadJose = (): typeof Jose => require('jose') as typeof Jose;
