import type * as Undici from 'undici';

const agents = new Map<string | undefined, Undici.EnvHttpProxyAgent>();

/**
 * What goes through the proxy that the environment names: `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, which are read once.
 * The library is loaded only then.
 *
 * @param ca PEM of the authorities to trust for the server behind the proxy. @default the system's
 * @throws Error when a variable holds no address of a proxy; its value, which may hold a password, is not told.
 */
export async function proxying(ca?: string) {
  const undici = await import('undici');
  try {
    const dispatcher =
      agents.get(ca) ??
      new undici.EnvHttpProxyAgent(ca === undefined ? {} : { connect: { ca }, requestTls: { ca } });
    agents.set(ca, dispatcher);
    return { undici, dispatcher };
  } catch {
    throw new Error('HTTPS_PROXY or HTTP_PROXY holds no address of a proxy');
  }
}
