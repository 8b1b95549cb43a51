import { clearScreenDown, moveCursor } from 'node:readline';
import type { Progress } from '../engines/progress';
import { painter } from './paint';

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 80;
/** Without a terminal, a step that goes on for long says so now and then: a silent build looks like a hang. */
const STILL_AT_WORK_MS = 10_000;

type Output = Pick<NodeJS.WriteStream, 'write'> &
  Partial<Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'hasColors'>>;

/** The only writer of a command that shows progress: what it prints and what it redraws do not erase each other. */
export interface Screen extends Progress {
  /** Prints text, above the steps that are at work. It goes to the results' stream. */
  print(text: string): void;
  /** Says something about the work itself, above the steps and on their stream. */
  say(text: string): void;
}

interface ActiveStep {
  readonly title: string;
  readonly startedAt: number;
  note: string;
}

/**
 * Shows named steps with their elapsed time: live on a terminal, plain lines elsewhere.
 *
 * @param steps takes the steps: standard error, so that results can be piped elsewhere.
 * @param results takes what is printed. @default standard output
 */
export function showProgress(steps: Output, results: Output = process.stdout): Screen {
  const screen = steps.isTTY ? liveScreen(steps) : plainScreen(steps);
  const paint = painter(steps);
  return {
    print: (text) => screen.print(text, results),
    say: (text) => screen.print(text, steps),
    async step(title, work) {
      const active: ActiveStep = { title, startedAt: performance.now(), note: '' };
      const ended = screen.begin(active);
      const end = (mark: string, how = ''): void =>
        ended(`  ${mark} ${title} ${paint('dim', how + elapsed(active))}`);
      try {
        const result = await work((line) => (active.note = line));
        end(paint('green', '✓'));
        return result;
      } catch (error) {
        if (isCancelled(error)) end(paint('dim', '–'), 'cancelled after ');
        else end(paint('red', '✗'));
        throw error;
      }
    },
  };
}

/** Shows steps; `begin` gives the function that replaces a step by its last line. */
interface Display {
  print(text: string, to: Output): void;
  begin(step: ActiveStep): (lastLine: string) => void;
}

function plainScreen(out: Output): Display {
  return {
    print: (text, to) => to.write(`${text}\n`),
    begin(step) {
      out.write(`  .. ${step.title}\n`);
      const reminder = setInterval(() => out.write(`  .. ${describe(step)}\n`), STILL_AT_WORK_MS);
      return (lastLine) => {
        clearInterval(reminder);
        out.write(`${lastLine}\n`);
      };
    },
  };
}

function liveScreen(out: Output): Display {
  const steps = new Set<ActiveStep>();
  const paint = painter(out);
  let drawn = 0;
  let frame = 0;
  let timer: NodeJS.Timeout | undefined;

  const erase = (): void => {
    if (drawn > 0) {
      moveCursor(out as NodeJS.WriteStream, 0, -drawn);
      clearScreenDown(out as NodeJS.WriteStream);
    }
    drawn = 0;
  };
  const draw = (): void => {
    erase();
    const spinner = paint('cyan', FRAMES[(frame += 1) % FRAMES.length] ?? '');
    // Some terminals say that they have 0 columns.
    const columns = out.columns === undefined || out.columns === 0 ? 80 : out.columns;
    // A line that wraps would be two lines on the screen, and stay behind when it is erased as one.
    const width = Math.max(columns - 6, 0);
    for (const step of steps) out.write(`  ${spinner} ${describe(step).slice(0, width)}\n`);
    drawn = steps.size;
  };
  const above = (write: () => void): void => {
    erase();
    write();
    if (steps.size > 0) draw();
  };

  return {
    print: (text, to) => above(() => to.write(`${text}\n`)),
    begin(step) {
      steps.add(step);
      timer ??= setInterval(draw, FRAME_MS);
      return (lastLine) => {
        steps.delete(step);
        above(() => out.write(`${lastLine}\n`));
        if (steps.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
  };
}

/** As an AbortSignal has it: nobody waits for the step any more. */
function isCancelled(error: unknown): boolean {
  return (error as Error | undefined)?.name === 'AbortError';
}

function describe(step: ActiveStep): string {
  return [step.title, elapsed(step), step.note].filter(Boolean).join('  ');
}

function elapsed({ startedAt }: ActiveStep): string {
  const seconds = (performance.now() - startedAt) / 1_000;
  return seconds < 60
    ? `${seconds.toFixed(1)} s`
    : `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
}
