/** The API of a pull request, on the runner that scans it. */
import { isLoopback, type Problem } from '@portcullis/runtime/policy';
import { unless, unlike } from '../../core/props/checks';
import type { Step } from '../workflow/workflow';

/** What starts the API: Docker Compose, or a command of the repository. */
export interface ApiOnRunner {
  /** Compose file that runs the API and everything that it needs; its health check is waited for. @default 'compose.test.yml' */
  readonly compose?: string;
  /** Bash that runs the API instead, for as long as the scan: `npm start`. */
  readonly command?: string;
  /** Where the API then answers. @default 'http://localhost:3000' */
  readonly url?: string;
  /** Path that answers 2xx once it serves. @default '/readyz' */
  readonly readyPath?: string;
}

/** Longest wait for the API, in seconds. */
const PATIENCE_SECONDS = 900;
const LOG = '"$RUNNER_TEMP/api.log"';
const PID = '"$RUNNER_TEMP/api.pid"';

export interface StartedApi {
  readonly url: string;
  readonly start: Step;
  /** The steps after the scan: they show what the API said if the job failed, and end it. */
  readonly end: readonly Step[];
}

/** The steps that start and end the API. */
export function startApi(api: ApiOnRunner = {}): StartedApi {
  const { url = 'http://localhost:3000', readyPath = '/readyz', command } = api;
  const ask = `curl --silent --show-error --fail --max-time 10 --output /dev/null ${url}${readyPath}`;
  const [start, log, end] =
    command === undefined
      ? withCompose(`docker compose --file ${api.compose ?? 'compose.test.yml'}`, ask)
      : withCommand(command, ask);
  return {
    url,
    start: { name: 'Start the API', run: start.join('\n') },
    end: [
      { name: 'Show what the API said', if: '${{ failure() }}', run: log },
      { name: 'Stop the API', if: '${{ always() }}', run: end },
    ],
  };
}

type Scripts = readonly [start: readonly string[], log: string, end: string];

/** `--wait` waits for the health check, which runs inside the container. The scanner comes from outside. */
const withCompose = (compose: string, ask: string): Scripts => [
  [`${compose} up --detach --wait --wait-timeout ${PATIENCE_SECONDS}`, ask],
  `${compose} logs --no-color --tail 500`,
  `${compose} down --volumes`,
];

/** The command has a session of its own, so that all that it started ends with it. */
const withCommand = (command: string, ask: string): Scripts => [
  [
    `setsid bash -c ${quoted(command)} > ${LOG} 2>&1 &`,
    `echo $! > ${PID}`,
    `for _ in $(seq ${PATIENCE_SECONDS / 5}); do`,
    `  if ${ask} 2> /dev/null; then exit 0; fi`,
    `  kill -0 "$(cat ${PID})" || { echo '::error::the API ended before it served'; exit 1; }`,
    '  sleep 5',
    'done',
    ask,
  ],
  `tail --lines 500 ${LOG}`,
  `if [ -e ${PID} ]; then kill -- "-$(cat ${PID})" || true; fi`,
];

/** As one word of bash. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** What is wrong with it, below `path`. */
export function apiProblems(path: string, api: ApiOnRunner = {}): Problem[] {
  const { compose, command, url, readyPath } = api;
  return [
    ...unless(
      compose === undefined || command === undefined,
      `${path}.command`,
      command,
      'either a compose file or a command',
    ),
    ...(compose === undefined
      ? []
      : unlike(`${path}.compose`, compose, /^[\w./-]+$/, 'a file, such as compose.test.yml')),
    ...(command === undefined ? [] : unlike(`${path}.command`, command, /\S/, 'bash, such as npm start')),
    ...unless(
      url === undefined ||
        (/^http:\/\/[\w.:[\]-]+$/.test(url) && URL.canParse(url) && isLoopback(new URL(url).hostname)),
      `${path}.url`,
      url,
      'an origin on loopback, such as http://localhost:3000',
    ),
    ...(readyPath === undefined
      ? []
      : unlike(`${path}.readyPath`, readyPath, /^\/[\w./-]*$/, 'a path, such as /readyz')),
  ];
}
