import type { Preset } from './preset';

/**
 * Google, for `login()` alone: its access tokens are opaque, so no API can verify them. Behind it stands an authorization
 * server of one's own, or an app that needs to know who the person is and nothing else.
 *
 * https://developers.google.com/identity/openid-connect/openid-connect
 */
export function google(): Pick<Preset, 'login'> {
  return {
    login: {
      issuer: 'https://accounts.google.com',
      resource: false,
      scopes: ['openid', 'email'],
      // It gives a refresh token to who asks for one in this way, and with consent.
      parameters: { access_type: 'offline', prompt: 'consent' },
    },
  };
}
