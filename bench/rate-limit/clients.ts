/** Clients below their limit; the one after them is always denied. */
export const CLIENTS = 10_000;
export const DENIED_CLIENT = CLIENTS;

export const WINDOW_SECONDS = 60;
/** Never reached. */
export const LIMIT = 1_000_000_000;
/** Reached by the first request. */
export const DENIED_LIMIT = 1;
