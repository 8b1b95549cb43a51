/** What runs in AWS Lambda. `bundleAuthorizer()` of the constructs defines the name before this code. */
import { makeAuthorizer } from './authorizer';
import type { AuthorizerConfiguration } from './configuration';

declare const PORTCULLIS_AUTHORIZER: AuthorizerConfiguration;

export const handler = makeAuthorizer(PORTCULLIS_AUTHORIZER, (entry) => console.log(JSON.stringify(entry)));
