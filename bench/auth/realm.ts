/** Of the Keycloak that its tokens seem to be from. */
export const REALM = 'bench';
