/* eslint-disable no-control-regex -- what a terminal is sent are control characters */
import { showProgress } from '../../../../cli/src/terminal/progress';

/** A terminal of so many columns, as a person would see it: lines, and the cursor's moves that live progress makes. */
class Terminal {
  readonly isTTY = true;
  readonly lines: string[] = [''];
  private row = 0;

  constructor(readonly columns = 80) {}

  hasColors = (): boolean => false;

  write(text: string): boolean {
    for (const part of text.split(/(\u001b\[\d*[A-Z]|\n)/)) this.take(part);
    return true;
  }

  private take(part: string): void {
    const up = /^\u001b\[(\d+)A$/.exec(part);
    if (up) this.row = Math.max(this.row - Number(up[1]), 0);
    else if (part === '\u001b[0J' || part === '\u001b[J') this.lines.splice(this.row, Infinity, '');
    else if (part === '\n') this.lines[(this.row += 1)] ??= '';
    else this.lines[this.row] = (this.lines[this.row] ?? '') + part;
  }
}

describe('progress on a terminal', () => {
  it('erases no line that is printed while steps are at work', async () => {
    const terminal = new Terminal();
    const screen = showProgress(terminal, terminal);
    await screen.step('Stopping', async () => {
      for (let line = 1; line <= 3; line += 1) {
        screen.print(`event ${line}`);
        await screen.step(`inner ${line}`, () => Promise.resolve());
      }
    });
    screen.print('the end');
    const shown = terminal.lines.map((line) => line.trim()).filter((line) => line !== '');
    expect(shown.map((line) => line.replace(/ [\d.]+ s$/, ''))).toEqual([
      ...['event 1', '✓ inner 1', 'event 2', '✓ inner 2', 'event 3', '✓ inner 3', '✓ Stopping', 'the end'],
    ]);
  });

  it('shows the steps that are at work below what is printed', async () => {
    const terminal = new Terminal();
    const screen = showProgress(terminal, terminal);
    await screen.step('cdktf deploy', () => {
      screen.print('event');
      expect(terminal.lines[0]).toBe('event');
      expect(terminal.lines[1]).toContain('cdktf deploy');
      return Promise.resolve();
    });
  });
});

describe('a terminal that does not know how wide it is', () => {
  it('shows the steps that are at work all the same', async () => {
    const terminal = new Terminal(0);
    const screen = showProgress(terminal, terminal);
    await screen.step('cdktf deploy', () => {
      screen.print('event');
      expect(terminal.lines[1]).toContain('cdktf deploy');
      return Promise.resolve();
    });
  });
});

describe('progress in a pipe', () => {
  it('has no escape codes, of steps that fail neither', async () => {
    let written = '';
    const pipe = { write: (text: string) => Boolean((written += text)) };
    const screen = showProgress(pipe, pipe);
    await screen.step('one', () => Promise.resolve());
    await expect(screen.step('two', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    screen.print('event');
    expect(written).toMatch(/^ {2}\.\. one\n {2}✓ one [\d.]+ s\n {2}\.\. two\n {2}✗ two [\d.]+ s\nevent\n$/);
  });

  it('says of a step that was cancelled that it did not fail', async () => {
    let written = '';
    const pipe = { write: (text: string) => Boolean((written += text)) };
    const cancelled = showProgress(pipe, pipe).step('one', () =>
      Promise.reject(AbortSignal.abort().reason as Error),
    );
    await expect(cancelled).rejects.toThrow();
    expect(written).toMatch(/ {2}– one cancelled after [\d.]+ s\n$/);
  });

  it('leaves what is said among the steps, and out of the results', () => {
    let steps = '';
    const results = { write: jest.fn() };
    showProgress({ write: (text: string) => Boolean((steps += text)) }, results).say('Stopping');
    expect(steps).toBe('Stopping\n');
    expect(results.write).not.toHaveBeenCalled();
  });
});
