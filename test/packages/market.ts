/** For one test file: the registry, the tools beside it, and folders of strangers. */
import { join } from 'node:path';
import { installPackages, REGISTRY } from '../support/programs/packages';
import { useServer } from '../support/engines';
import { bytesIn, Consumer, type ConsumerOptions } from './consumer';
import { startRegistry, type Registry } from './registry';

/** Generous: what is slower than this is broken. */
const MOST_SECONDS = 600;

/** Columns of the table. */
const TITLE = 66;
const MEGABYTES = '123.4 MB of 1234'.length + 1;

export interface Market {
  readonly registry: Registry;
  /** Folder whose `node_modules` has the tools. */
  readonly tools: string;
  open(options?: Omit<ConsumerOptions, 'registry'>): Promise<Consumer>;
  /** Installs packages, and adds a line to the table that is printed at the end. */
  installed(what: Installation): Promise<Consumer>;
  /** Adds a line for what somebody waits for, with the size of what is there then. */
  waited<T>(title: string, mostSeconds: number, work: () => Promise<T>, size?: Size): Promise<T>;
}

/** Of the files' contents, links not followed, in 1,000,000 bytes. */
export interface Size {
  readonly folder: string;
  readonly mostMegabytes: number;
}

export interface Installation extends Omit<ConsumerOptions, 'registry'>, Pick<Size, 'mostMegabytes'> {
  readonly title: string;
  readonly packages: readonly string[];
  /** @default npm */
  readonly manager?: readonly string[];
}

export function useMarket(): () => Market {
  const rows: string[] = [];
  afterAll(() => process.stdout.write(`\n${rows.join('\n')}\n`));
  return useServer(async (run) => {
    const tools = await installPackages(REGISTRY);
    const registry = await startRegistry(run, tools);
    const open: Market['open'] = (options) => Consumer.open(run, { registry: registry.url, ...options });
    const waited: Market['waited'] = async (title, mostSeconds, work, size) => {
      const started = performance.now();
      const result = await work();
      const seconds = (performance.now() - started) / 1_000;
      const megabytes = size && (await bytesIn(size.folder)) / 1e6;
      const large =
        size && megabytes ? `${megabytes.toFixed(1).padStart(6)} MB of ${size.mostMegabytes}` : '';
      const took = `${seconds.toFixed(0).padStart(4)} s of ${mostSeconds}`;
      rows.push(`${title.padEnd(TITLE)} ${large.padEnd(MEGABYTES)} ${took}`);
      expect(seconds).toBeLessThanOrEqual(mostSeconds);
      expect(megabytes ?? 0).toBeLessThanOrEqual(size?.mostMegabytes ?? 0);
      return result;
    };
    const installed: Market['installed'] = async ({
      title,
      packages,
      mostMegabytes,
      manager,
      ...options
    }) => {
      const consumer = await open(options);
      const size = { folder: join(consumer.folder, 'node_modules'), mostMegabytes };
      await waited(title, MOST_SECONDS, () => consumer.install(packages, manager), size);
      return consumer;
    };
    return { registry, tools, open, installed, waited };
  });
}
