/**
 * One environment on this machine: its image, its task definition as it was applied, and all that a task talks to, under
 * production's names. Real are OpenBao with the environment's stack, PostgreSQL, Redis and the provider of identities.
 * Doubles stand for STS, the ECS agent and ElastiCache's side of IAM, a front for gateway and load balancer.
 */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { findRedis } from '../../cli/src/engines/programs/redis';
import { randomPassword } from '../../cli/src/engines/random';
import { Run } from '../../cli/src/engines/process/run';
import { demoClients, demoPeople, scopes, type ClientName } from '../../cli/src/local/clients';
import { databaseUrl } from '../../cli/src/local/postgres-admin';
import { seedPostgres } from '../../cli/src/local/seed';
import { requestToken, startOidc } from '../../cli/src/local/servers/oidc';
import type { OpenBaoServer } from '../../cli/src/local/servers/openbao';
import { startRedis } from '../../cli/src/local/servers/redis';
import { policy } from '../../policy';
import { awsNamesOf } from '../../stacks/aws-names';
import type { AwsEnvironment } from '../../stacks/environments/define-environment';
import { makeCertificates } from '../support/certificates';
import { AUTHORITIES, ContainerEngine } from '../support/containers/container-engine';
import { imageOfNode } from '../support/containers/base-image';
import { buildImage } from '../support/containers/image';
import { startSts } from '../support/sts-double';
import { startTcpProxy } from '../support/tcp-proxy';
import { appliedTask } from './applied-task';
import { Balancer } from './balancer';
import { startDatabase } from './database';
import { startElastiCache } from './elasticache-server';
import { Front } from './front';
import { makePlace } from './place';
import { Task, type TaskSetting } from './task';
import { AGENT, startTaskCredentials } from './task-credentials';
import { applyVaultStack, startVault } from './vault';

const REDIS_PORT = 6_379;
const hostOf = (url: string): string => new URL(url).hostname;

export interface Surroundings {
  readonly balancer: Balancer;
  readonly vault: OpenBaoServer;
  /** Where people find the API, as in `https://api.example.com`. */
  readonly origin: string;
  /** The address of its host here. */
  readonly address: string;
  /** The API without TLS, on loopback: for tests, which resolve no such name. */
  readonly plainUrl: string;
  /** Superuser's URL of the API's database. */
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** What differs from production, a line each. */
  readonly replaced: readonly string[];
  /** An access token by client credentials. */
  token(client: ClientName, scopes?: readonly string[]): Promise<string>;
  /** Starts one more task, which gets requests once it is ready. */
  startTask(): Promise<Task>;
  /** After how many seconds the load balancer closes a connection on which nothing comes. */
  readonly balancerIdleSeconds: number;
  /** How many bytes the image has over its base. */
  imageBytes(): Promise<number>;
  /** How often a task signed in to the store. */
  storeSignIns(): number;
  close(): Promise<void>;
}

export async function startSurroundings(environment: AwsEnvironment): Promise<Surroundings> {
  const run = await Run.open();
  // Ended in the reverse order.
  const ends: (() => unknown)[] = [() => run.close()];
  const close = async (): Promise<void> => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    return { ...(await assemble(run, environment, ends)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function assemble(
  run: Run,
  environment: AwsEnvironment,
  ends: (() => unknown)[],
): Promise<Omit<Surroundings, 'close'>> {
  const { aws, postgres: database, name, serviceCidrs } = environment;
  const engine = await ContainerEngine.start(run);
  ends.push(() => engine.stop());
  const [{ definition, storeRights, idleSeconds }, place] = await Promise.all([
    appliedTask(environment),
    makePlace(engine, name, serviceCidrs[0] ?? ''),
  ]);
  const variable = (wanted: string): string => variableOf(definition, wanted) ?? '';
  const storeHost = variable('REDIS_HOST');
  const issuer = variableOf(definition, 'OIDC_ISSUER_URL') ?? policy.issuer;
  const stsHost = `sts.${aws.region}.amazonaws.com`;

  const vaultHost = hostOf(variable('VAULT_ADDR'));
  const ours = [aws.domain, hostOf(issuer), stsHost, hostOf(aws.identityIssuer), storeHost, database.host];
  const certificates = await makeCertificates(await run.subfolder('tls'), [...ours, vaultHost]);
  const [certificate, key] = await Promise.all([
    readFile(certificates.certificate),
    readFile(certificates.key),
  ]);

  const hosts = new Map([vaultHost, ...ours].map((host) => [host, place.front]));
  hosts.set(vaultHost, place.vault);
  const credentials = await startTaskCredentials(definition.taskRoleArn ?? '');
  ends.push(() => credentials.close());
  const clients = demoClients();
  const [image, vault, postgres, redis, sts, oidc] = await Promise.all([
    buildImage(engine),
    startVault(run, { host: place.vault, certificates, hosts }),
    startDatabase(run, certificates),
    findRedis({ run, note: () => undefined }).then((binary) => startRedis(run, { binary })),
    startSts({
      secretAccessKey: credentials.secretAccessKey,
      roleArn: definition.taskRoleArn ?? '',
      issuer: aws.identityIssuer,
    }),
    startOidc(run, {
      audience: policy.audience,
      scopes,
      accessTokenSeconds: policy.lifetimes.accessTokenSeconds,
      clients: [...clients.values()],
      people: demoPeople,
      issuer,
    }),
  ]);
  ends.push(() => sts.close());
  const store = await startElastiCache(run, {
    ...{ host: place.front, port: REDIS_PORT, rights: storeRights },
    ...{ key: String(key), certificate: String(certificate) },
    redis: { host: redis.host, port: redis.port, adminUrl: redis.adminUrl },
    token: {
      user: variable('ELASTICACHE_USER'),
      cache: awsNamesOf(policy, environment).store,
      secretAccessKey: credentials.secretAccessKey,
    },
  });
  const relay = await startTcpProxy(new URL(postgres.adminUrl), { host: place.front, port: database.port });
  ends.push(() => relay.close());

  const balancer = new Balancer();
  const front = await Front.start({
    ...{ host: place.front, port: 443, key, certificate },
    names: new Map([
      [aws.domain, () => balancer.pick()],
      [hostOf(issuer), () => oidc.address],
      [stsHost, () => sts.url],
      [hostOf(aws.identityIssuer), () => sts.url],
    ]),
  });
  ends.push(() => front.close());

  const clientSecret = randomPassword();
  const vaultPassword = await seedPostgres(postgres.adminUrl, {
    ...{ database: database.database, vaultUser: 'vault_admin', mark: 'a test' },
  });
  const random = (): string => randomBytes(32).toString('base64url');
  await applyVaultStack(run, vault, environment, {
    postgres_admin_password: vaultPassword,
    fintech_api_config: {
      ...{ oauth_client_secret: clientSecret, jwt_signing_key: random(), encryption_key: random() },
      ...{ db_host: database.host, db_port: String(database.port) },
    },
  });
  const clientId = variableOf(definition, 'OAUTH_CLIENT_ID');
  const origin = `https://${aws.domain}`;
  if (clientId !== undefined) {
    await oidc.register({
      ...{ clientId, clientSecret, redirectUri: variable('OAUTH_REDIRECT_URI') },
      ...{ authentication: 'client_secret_basic', afterLogoutUri: `${origin}/` },
    });
  }

  const setting: TaskSetting = {
    ...{ definition, image, network: place.network, hosts },
    authority: certificates.authority,
    variables: [credentials.variable, `NODE_EXTRA_CA_CERTS=${AUTHORITIES}`],
  };
  return {
    ...{ balancer, vault, origin, address: place.front, plainUrl: front.plainUrl },
    databaseUrl: databaseUrl(postgres.adminUrl, database.database),
    redisUrl: redis.adminUrl,
    replaced: [
      `image ${definition.containerDefinitions?.[0]?.image ?? ''} → ${image}, built from the Dockerfile`,
      ...[...hosts].map(([host, address]) => `name ${host} → ${address}, by the file of hosts`),
      `the ECS agent at ${AGENT} → a double; what it sets: ${credentials.variable.split('=')[0] ?? ''}`,
      `trusted authorities → the test's own, by NODE_EXTRA_CA_CERTS`,
      'log driver awslogs → json-file',
      'gateway, load balancer → one front, which ends TLS',
      `STS → a double; ElastiCache → Redis behind a double that holds sign-ins against AWS' description`,
    ],
    token: (client, wanted) => {
      const known = clients.get(client);
      if (known === undefined) throw new Error(`no client ${client}`);
      return requestToken(`${oidc.address}/token`, known, policy.audience, wanted ?? known.scopes);
    },
    startTask: async () => {
      const task = await Task.start(engine, setting);
      await task.ready();
      balancer.add(task);
      return task;
    },
    balancerIdleSeconds: idleSeconds,
    imageBytes: async () => (await bytesOf(engine, image)) - (await bytesOf(engine, await imageOfNode())),
    storeSignIns: store.signIns,
  };
}

async function bytesOf(engine: ContainerEngine, image: string): Promise<number> {
  return Number(await engine.docker('image', 'inspect', '--format', '{{.Size}}', image));
}

function variableOf({ containerDefinitions }: TaskSetting['definition'], wanted: string): string | undefined {
  return containerDefinitions?.[0]?.environment?.find(({ name }) => name === wanted)?.value;
}
