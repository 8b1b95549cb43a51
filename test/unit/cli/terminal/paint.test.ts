import { painter } from '../../../../cli/src/terminal/paint';
import { renderTerminal } from '../../../../cli/src/plan/render/terminal';
import { wrapped } from '../../../../cli/src/terminal/text';

describe('colours', () => {
  it('are those of the stream that the text is for', () => {
    expect(painter({ isTTY: true, hasColors: () => true })('red', 'x')).toBe('\u001b[31mx\u001b[39m');
    expect(painter({ isTTY: false, hasColors: () => true })('red', 'x')).toBe('x');
    // Node's answer where NO_COLOR is set.
    expect(painter({ isTTY: true, hasColors: () => false })('red', 'x')).toBe('x');
    expect(painter({})('bold', 'x')).toBe('x');
  });

  it('of a plan follow them', () => {
    const summary = {
      ...{
        stack: 'a',
        grade: 'routine',
        digest: 'a:1',
        changes: [],
        refused: [],
        judged: [],
        asides: [],
        counts: {},
      },
    } as unknown as Parameters<typeof renderTerminal>[0][number];
    const hasColour = (text: string): boolean => text.includes('\u001b[');
    expect(hasColour(renderTerminal([summary], painter({ isTTY: true, hasColors: () => false })))).toBe(
      false,
    );
    expect(hasColour(renderTerminal([summary], painter({ isTTY: true, hasColors: () => true })))).toBe(true);
  });
});

it('text is broken between words alone', () => {
  expect(wrapped('one two three', 7)).toEqual(['one two', 'three']);
  expect(wrapped('a-very-long-word and more', 8)).toEqual(['a-very-long-word', 'and more']);
});
