/** For one test file: the registry, the tools beside it, and folders of strangers. */
import { installPackages, REGISTRY } from '../support/programs/packages';
import { useServer } from '../support/engines';
import { Consumer, type ConsumerOptions } from './consumer';
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
  /** Adds a line for what somebody waits for. */
  waited<T>(title: string, mostSeconds: number, work: () => Promise<T>): Promise<T>;
}

export interface Installation extends Omit<ConsumerOptions, 'registry'> {
  readonly title: string;
  readonly packages: readonly string[];
  /** Of the files' contents, in 1,000,000 bytes. */
  readonly mostMegabytes: number;
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
    const row = (title: string, megabytes: string, seconds: number, mostSeconds: number): void => {
      const took = `${seconds.toFixed(0).padStart(4)} s of ${mostSeconds}`;
      rows.push(`${title.padEnd(TITLE)} ${megabytes.padEnd(MEGABYTES)} ${took}`);
      expect(seconds).toBeLessThanOrEqual(mostSeconds);
    };
    const waited: Market['waited'] = async (title, mostSeconds, work) => {
      const started = performance.now();
      const result = await work();
      row(title, '', (performance.now() - started) / 1_000, mostSeconds);
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
      const { megabytes, seconds } = await consumer.install(packages, manager);
      row(title, `${megabytes.toFixed(1).padStart(6)} MB of ${mostMegabytes}`, seconds, MOST_SECONDS);
      expect(megabytes).toBeLessThanOrEqual(mostMegabytes);
      return consumer;
    };
    return { registry, tools, open, installed, waited };
  });
}
