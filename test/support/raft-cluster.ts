import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from './until';
import { LOOPBACK, onPort } from '../../cli/src/engines/process/ports';
import type { Run } from '../../cli/src/engines/process/run';
import { serverConfiguration } from '../../cli/src/local/servers/openbao';
import { Server } from '../../cli/src/local/servers/server';
import { VaultClient } from '../../cli/src/engines/vault-client';

export interface RaftNode {
  readonly address: string;
  readonly server: Server;
}

export interface RaftCluster {
  readonly nodes: readonly RaftNode[];
  readonly rootToken: string;
  /** The node that leads at this moment. */
  leader(): Promise<RaftNode>;
}

/** Three real servers that elect a leader among them, on loopback. */
export async function startRaftCluster(run: Run, binary: string): Promise<RaftCluster> {
  const nodes: RaftNode[] = [];
  for (const id of ['one', 'two', 'three']) nodes.push(await startNode(run, binary, id));
  const [first, ...others] = nodes as [RaftNode, ...RaftNode[]];
  const anonymous = new VaultClient(first.address);
  const { keys_base64, root_token } = await anonymous.write<InitKeys>('sys/init', {
    secret_shares: 1,
    secret_threshold: 1,
  });
  const unseal = { key: keys_base64[0] };
  await anonymous.write('sys/unseal', unseal);
  await isActive(first);
  const root = new VaultClient(first.address, root_token);
  // Else a node waits for ten seconds before it may vote.
  await root.write('sys/storage/raft/autopilot/configuration', { server_stabilization_time: '1s' });
  for (const { address } of others) {
    const node = new VaultClient(address);
    await node.write('sys/storage/raft/join', { leader_api_addr: first.address });
    await until(() => node.write('sys/unseal', unseal));
    await until(async () => {
      if ((await node.health()) === 'sealed') throw new Error('still sealed');
    });
  }
  await until(
    async () => {
      const { data } = await root.read<{ data: { config: { servers: { voter: boolean }[] } } }>(
        'sys/storage/raft/configuration',
      );
      if (data.config.servers.filter(({ voter }) => voter).length < 3) throw new Error('not all vote yet');
    },
    { everyMs: 200 },
  );
  return {
    nodes,
    rootToken: root_token,
    leader: () => until(() => Promise.any(nodes.map(isActive))),
  };
}

interface InitKeys {
  readonly keys_base64: readonly string[];
  readonly root_token: string;
}

async function startNode(run: Run, binary: string, id: string): Promise<RaftNode> {
  const folder = await run.subfolder(`raft-${id}`);
  const dataFolder = join(folder, 'data');
  await mkdir(dataFolder);
  return onPort(undefined, 'Vault', async (port, another) => {
    const configuration = join(folder, 'server.hcl');
    const ports = { port, clusterPort: await another() };
    const text = serverConfiguration({ ...ports, dataFolder, own: 'disable_mlock = true\n' });
    await writeFile(configuration, text.replace('node_id = "local"', `node_id = "${id}"`), { mode: 0o600 });
    const address = `http://${LOOPBACK}:${port}`;
    const server = await Server.start(run, {
      process: {
        name: `raft-${id}`,
        command: binary,
        args: ['server', `-config=${configuration}`],
        env: { PATH: process.env.PATH, HOME: folder },
      },
      answers: async () => {
        await new VaultClient(address).health();
      },
    });
    return { address, server };
  });
}

async function isActive(node: RaftNode): Promise<RaftNode> {
  return until(async () => {
    if ((await new VaultClient(node.address).health()) !== 'active') throw new Error('not the leader');
    return node;
  });
}
