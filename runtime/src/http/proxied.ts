import { isLoopback } from '../policy/loopback';

const VARIABLES = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'] as const;

/**
 * Whether a request may have to go through a proxy: the environment names one, in either case. Never for loopback, where
 * a proxy would reach its own machine. What `NO_PROXY` excludes is for the agent to read.
 */
export function mayBeProxied(url: string, environment: NodeJS.ProcessEnv = process.env): boolean {
  return VARIABLES.some((name) => Boolean(environment[name])) && !isLoopback(new URL(url).hostname);
}
