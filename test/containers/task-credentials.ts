import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

/** Where the ECS agent listens for its tasks. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html */
export const AGENT = '169.254.170.2';

export interface TaskCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** What ECS sets in each container, besides what its definition says. */
  readonly variable: string;
  close(): void;
}

/** Gives tasks the credentials of their role, as the ECS agent does: to whoever knows the path. The address has to be this machine's. */
export async function startTaskCredentials(roleArn: string): Promise<TaskCredentials> {
  const path = `/v2/credentials/${randomUUID()}`;
  const key = { accessKeyId: 'ASIAOFTHETASKSROLE00', secretAccessKey: randomUUID() };
  const server = createServer((request, response) => {
    if (request.url !== path) return void response.writeHead(404).end();
    response.setHeader('Content-Type', 'application/json').end(
      JSON.stringify({
        RoleArn: roleArn,
        AccessKeyId: key.accessKeyId,
        SecretAccessKey: key.secretAccessKey,
        Token: 'of-the-session',
        Expiration: new Date(Date.now() + 3_600_000).toISOString(),
      }),
    );
  });
  server.listen(80, AGENT);
  await once(server, 'listening');
  return {
    ...key,
    variable: `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=${path}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
