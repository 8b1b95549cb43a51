/** The client ID under which people log in, at every identity provider that is set up here. */
export const WEB_APP = 'fintech-web';
