/** Beside the app of the page on identity providers, as one of the pages has it. */
export { identity } from './keycloak';
