/** Clients below their limit; the one after them is always denied. */
export const CLIENTS = 10_000;
export const DENIED_CLIENT = CLIENTS;
