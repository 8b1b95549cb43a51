import { GetFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { policy } from '../../../policy';
import type { Applied } from '../applied';

/** What the authorizer of either kind of gateway asks. */
export async function expectAuthorizerFunction(applied: Applied, authorizerUri?: string): Promise<void> {
  const client = new LambdaClient(applied.account.client);
  const { Configuration: made } = await client.send(
    new GetFunctionCommand({ FunctionName: `${policy.name}-${applied.environment.name}-authorizer` }),
  );
  expect(authorizerUri).toContain(`/functions/${made?.FunctionArn ?? ''}/invocations`);
  // What was uploaded is the file that was synthesized, which is named by its hash.
  const hash = Buffer.from(made?.CodeSha256 ?? '', 'base64').toString('hex');
  const [planned] = applied.planned('aws_lambda_function');
  expect(planned?.filename).toMatch(new RegExp(`/${hash.slice(0, 16)}\\.zip$`));
}
