/** A policy of IAM with one statement, which allows `action`. */
export function iamDocument(action: string | readonly string[], rest: object): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: action, ...rest }],
  });
}

/** The trust policy of a role that a service of AWS takes on: `lambda.amazonaws.com`. */
export function trusting(service: string): string {
  return iamDocument('sts:AssumeRole', { Principal: { Service: service } });
}
