/**
 * Requests to identity providers through the proxy that the environment names, if it names one: `HTTPS_PROXY`,
 * `HTTP_PROXY` and `NO_PROXY`. undici is loaded only then. The authorizer at the gateway, which is one file, leaves that to
 * Node.
 */
import type { CustomFetch } from 'openid-client';
import { mayBeProxied } from '../proxied';
import { proxying } from '../proxy-agent';
import { USER_AGENT } from '../http/user-agent';
import { fetchingBy, fetchJson, type FetchJson } from './keys/fetch-json';

const fetchProxied = fetchingBy(async (url, headers, signal) => {
  const { undici, dispatcher } = await proxying();
  return undici.request(url, { headers, signal, dispatcher });
});

/** As {@link fetchJson}, through a proxy where one is named. */
export const fetchJsonOrProxied: FetchJson = (url) =>
  mayBeProxied(url) ? fetchProxied(url) : fetchJson(url);

/** For openid-client: says who asks, and goes through a proxy where one is named. */
export const askProvider: CustomFetch = async (url, options) => {
  const said = { ...options, headers: { ...options.headers, 'user-agent': USER_AGENT } };
  if (!mayBeProxied(url)) return fetch(url, said as RequestInit);
  const { undici, dispatcher } = await proxying();
  const init = { ...said, dispatcher } as unknown as NonNullable<Parameters<typeof undici.fetch>[1]>;
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- openid-client takes any package's Response
  return await undici.fetch(url, init);
};
