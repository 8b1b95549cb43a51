import { parseArgs, type ParseArgsConfig } from 'node:util';

/** What every benchmark takes on its command line; `--json` is read where the report is printed. */
export interface BenchOptions {
  readonly rounds: number;
  /** Of each measurement. */
  readonly seconds: number;
  /** Scenarios to measure: those whose name holds this text. */
  readonly only: string;
  /** Peers to set beside the first: those whose name holds this text. */
  readonly peer: string;
}

/** Reads the command line; answers `--help` itself. What is not known is refused: in one line, with exit code 2. */
export function benchOptions(
  about: string,
  defaults: Pick<BenchOptions, 'rounds' | 'seconds'>,
): BenchOptions {
  const { values } = parsed({
    options: {
      rounds: { type: 'string', default: String(defaults.rounds) },
      seconds: { type: 'string', default: String(defaults.seconds) },
      only: { type: 'string', default: '' },
      peer: { type: 'string', default: '' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) {
    console.log(`${about}\n
  --rounds N    alternating rounds (default ${defaults.rounds})
  --seconds N   whole seconds of each measurement (default ${defaults.seconds})
  --only TEXT   only the scenarios whose name holds this text
  --peer TEXT   only the peers whose name holds this text; goals that take others are left out
  --json        one object on standard output: { name, machine, rounds, rows, goals }

Exits 0 whether goals are met or not; 1 only when the run itself failed.`);
    process.exit(0);
  }
  return {
    rounds: whole('rounds', values.rounds),
    seconds: whole('seconds', values.seconds),
    only: values.only,
    peer: values.peer,
  };
}

/** As `parseArgs()`, which refuses in a sentence and an advice. */
export function parsed<Config extends ParseArgsConfig>(config: Config): ReturnType<typeof parseArgs<Config>> {
  try {
    return parseArgs(config);
  } catch (error) {
    return refuse((error as Error).message.replace(/\. .*/s, ''));
  }
}

function whole(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  return refuse(`--${name}: received ${text}; expected a whole number, 1 or more`);
}

function refuse(problem: string): never {
  const command = process.env.npm_lifecycle_event ?? 'bench:<name>';
  console.error(`npm run ${command}: ${problem}; see \`npm run ${command} -- --help\``);
  process.exit(2);
}

/**
 * The baseline, which is the first, and the peers whose name holds the text.
 *
 * Where none does it is refused: nothing would be compared.
 */
export function chosenPeers<Peer extends string>(peers: readonly Peer[], text: string): readonly Peer[] {
  const [baseline, ...others] = peers;
  const chosen = others.filter((name) => name.includes(text));
  if (baseline === undefined || chosen.length === 0) {
    return refuse(`--peer: no name holds ${JSON.stringify(text)}; there are: ${others.join('; ')}`);
  }
  return [baseline, ...chosen];
}
