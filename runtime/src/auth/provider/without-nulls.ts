import type { CustomFetch } from 'openid-client';

/**
 * Some providers send `null` for what they have nothing to say of, such as a refresh token. To openid-client, which
 * looks for texts, that spoils the whole answer: here, it is as a member that is not there.
 */
export function withoutNulls(ask: CustomFetch): CustomFetch {
  return async (url, options) => {
    const response = await ask(url, options);
    const read = response.json.bind(response);
    return Object.assign(response, { json: async () => dropNulls(await read()) });
  };
}

function dropNulls(document: unknown): unknown {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return document;
  return Object.fromEntries(Object.entries(document).filter(([, value]) => value !== null));
}
