import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { awsSigner } from '../../../../runtime/src/secrets/aws/signer';
import { isSignedWith } from '../../../support/sts-double';

const TASK = { AccessKeyId: 'AKIDTASK', SecretAccessKey: 'of the task role', Token: 'session/of+the task' };

/** Stands in for the endpoint that ECS gives each task; the SDK's own chain asks it. */
describe('requests to AWS without credentials of their own', () => {
  let ecs: Server;
  const asked: (string | undefined)[] = [];
  const url = new URL('https://sts.eu-west-1.amazonaws.com/');

  beforeAll(async () => {
    ecs = createServer((request, response) => {
      asked.push(request.headers.authorization);
      const Expiration = new Date(Date.now() + 3_600_000).toISOString();
      response.end(JSON.stringify({ ...TASK, Expiration }));
    }).listen(0, '127.0.0.1');
    await once(ecs, 'listening');
  });
  afterAll(() => new Promise((resolve) => ecs.close(resolve)));
  afterEach(() => jest.restoreAllMocks());

  const sign = async (env: NodeJS.ProcessEnv) => {
    jest.replaceProperty(process, 'env', { HOME: '/nowhere', AWS_EC2_METADATA_DISABLED: 'true', ...env });
    const signer = await awsSigner({ service: 'sts', region: 'eu-west-1' });
    return signer.sign({
      method: 'POST',
      protocol: 'https:',
      hostname: url.hostname,
      path: url.pathname,
      query: {},
      headers: { host: url.hostname },
      body: 'Action=GetCallerIdentity',
    });
  };

  it("are signed by the task's role", async () => {
    const { headers } = await sign({
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${(ecs.address() as AddressInfo).port}/role`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: 'of the container',
    });
    expect(asked).toEqual(['of the container']);
    expect(headers['x-amz-security-token']).toBe(TASK.Token);
    expect(headers.authorization).toContain(`Credential=${TASK.AccessKeyId}/`);
    const request = { method: 'POST', url, headers, body: 'Action=GetCallerIdentity' };
    expect(isSignedWith(TASK.SecretAccessKey, request)).toBe(true);
    expect(isSignedWith('of another role', request)).toBe(false);
  });

  it('are not sent where there is no role either', async () => {
    await expect(sign({})).rejects.toThrow(/credentials/i);
  });
});
