import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Run } from '../../../cli/src/engines/process/run';
import { findProgram } from '../programs';

/** Crawls and attacks; without the modules that would call hosts other than the target. */
const MODULES = [
  ...['backup', 'cookieflags', 'crlf', 'csp', 'csrf', 'exec', 'file', 'htaccess', 'http_headers', 'methods'],
  ...['permanentxss', 'redirect', 'shellshock', 'sql', 'blindsql', 'xss', 'xxe'],
];

export interface Finding {
  readonly method: string;
  readonly path: string;
  readonly info: string;
  /** 1 low, 2 medium, 3 high, 4 critical. */
  readonly level: number;
  readonly parameter: string | null;
}

export interface WapitiReport {
  readonly target: string;
  /** What was requested while crawling, as in `GET http://…`. */
  readonly crawled: readonly string[];
  /** By the name of the weakness. */
  readonly findings: Readonly<Record<string, readonly Finding[]>>;
}

export interface ScanOptions {
  readonly target: string;
  /** Paths to begin with, besides the target's own links. */
  readonly paths: readonly string[];
  readonly token?: string;
}

/** Scans a loopback target. @throws PortcullisError when wapiti cannot be had or fails. */
export async function scan(run: Run, { target, paths, token }: ScanOptions): Promise<WapitiReport> {
  const wapiti = await findProgram('wapiti', { run, note: () => undefined });
  const folder = await run.subfolder(`wapiti-${new URL(target).port}`);
  const report = join(folder, 'report.json');
  const output = await run.complete(
    {
      name: `wapiti ${new URL(target).port}`,
      command: wapiti,
      args: [
        ...[
          '--url',
          target,
          '--module',
          MODULES.join(','),
          '--format',
          'json',
          '--output',
          report,
          '--verbose',
          '2',
        ],
        ...['--flush-session', '--no-bugreport', '--max-attack-time', '20'],
        ...['--store-session', folder, '--store-config', folder],
        ...paths.flatMap((path) => ['--start', new URL(path, target).href]),
        ...(token === undefined ? [] : ['--header', `Authorization: Bearer ${token}`]),
      ],
      env: process.env,
    },
    { code: 'ERR_SERVER_FAILED', remedy: 'read what wapiti says' },
  );
  const [crawl = ''] = output.split('Launching module');
  const { vulnerabilities, anomalies } = JSON.parse(await readFile(report, 'utf8')) as Record<
    'vulnerabilities' | 'anomalies',
    Record<string, Finding[]>
  >;
  return {
    target,
    crawled: [...crawl.matchAll(/^\[\+\] (\w+ \S+)/gm)].map(([, request = '']) => request),
    findings: { ...vulnerabilities, ...anomalies },
  };
}
