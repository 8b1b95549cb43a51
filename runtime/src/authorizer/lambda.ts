/** What runs in AWS Lambda. The bundler puts the configuration in place of the name. */
import { makeAuthorizer } from './authorizer';
import type { AuthorizerConfiguration } from './configuration';

declare const PORTCULLIS_AUTHORIZER: AuthorizerConfiguration;

export const handler = makeAuthorizer(PORTCULLIS_AUTHORIZER, (entry) => console.log(JSON.stringify(entry)));
