import { isLoopback } from './policy/loopback';

const VARIABLES = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'] as const;

/** RFC 6761 §6.3: every name below `localhost` is this machine, with or without the dot at its end. */
const LOCALHOST = /(^|\.)localhost\.?$/;

/**
 * Whether a request may have to go through a proxy: the environment names one, in either case. Never for loopback, where
 * a proxy would reach its own machine. What `NO_PROXY` excludes is for the agent to read.
 */
export function mayBeProxied(url: string, environment: NodeJS.ProcessEnv = process.env): boolean {
  const { hostname } = new URL(url);
  if (isLoopback(hostname) || LOCALHOST.test(hostname)) return false;
  return VARIABLES.some((name) => Boolean(environment[name]));
}
