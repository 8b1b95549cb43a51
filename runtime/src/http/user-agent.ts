/** This package's version. A test holds it to package.json, which a bundle does not have. */
export const VERSION = '0.1.0';

/** What requests to an identity provider say they are from: some firewalls refuse those that say nothing. */
export const USER_AGENT = `portcullis/${VERSION}`;
