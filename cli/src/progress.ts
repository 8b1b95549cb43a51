import { clearScreenDown, moveCursor } from 'node:readline';
import { styleText } from 'node:util';
import type { Progress } from './engines/progress';

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 80;
/** Without a terminal, a step that goes on for long says so now and then: a silent build looks like a hang. */
const STILL_AT_WORK_MS = 30_000;

interface ActiveStep {
  readonly title: string;
  readonly startedAt: number;
  note: string;
}

/** Shows named steps with their elapsed time: live on a terminal, plain lines elsewhere. */
export function showProgress(out: NodeJS.WriteStream): Progress {
  return out.isTTY ? liveProgress(out) : plainProgress(out);
}

function plainProgress(out: NodeJS.WriteStream): Progress {
  return {
    async step(title, work) {
      const active: ActiveStep = { title, startedAt: performance.now(), note: '' };
      out.write(`  .. ${title}\n`);
      const reminder = setInterval(() => out.write(`  .. ${describe(active)}\n`), STILL_AT_WORK_MS);
      return finish(work, active, (line) => out.write(`${line}\n`)).finally(() => clearInterval(reminder));
    },
  };
}

function liveProgress(out: NodeJS.WriteStream): Progress {
  const steps = new Set<ActiveStep>();
  let drawn = 0;
  let frame = 0;
  let timer: NodeJS.Timeout | undefined;

  const erase = (): void => {
    moveCursor(out, 0, -drawn);
    clearScreenDown(out);
    drawn = 0;
  };
  const draw = (): void => {
    erase();
    const spinner = styleText('cyan', FRAMES[(frame += 1) % FRAMES.length] ?? '');
    // A line that wraps would be two lines on the screen, and stay behind when it is erased as one.
    for (const step of steps) out.write(`  ${spinner} ${describe(step).slice(0, out.columns - 6)}\n`);
    drawn = steps.size;
  };

  return {
    async step(title, work) {
      const active: ActiveStep = { title, startedAt: performance.now(), note: '' };
      steps.add(active);
      timer ??= setInterval(draw, FRAME_MS);
      return finish(work, active, (line) => {
        steps.delete(active);
        erase();
        out.write(`${line}\n`);
        draw();
        if (steps.size === 0) {
          clearInterval(timer);
          timer = undefined;
        }
      });
    },
  };
}

async function finish<T>(
  work: (note: (line: string) => void) => Promise<T>,
  active: ActiveStep,
  print: (line: string) => void,
): Promise<T> {
  try {
    const result = await work((line) => (active.note = line));
    print(`  ${styleText('green', '✓')} ${active.title} ${styleText('dim', elapsed(active))}`);
    return result;
  } catch (error) {
    print(`  ${styleText('red', '✗')} ${active.title} ${styleText('dim', elapsed(active))}`);
    throw error;
  }
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
