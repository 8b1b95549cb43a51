import { styleText } from 'node:util';

type Style = 'green' | 'red' | 'cyan' | 'magenta' | 'yellow' | 'dim' | 'bold';

/** Gives a text a style, or leaves it plain. */
export type Paint = (style: Style, text: string) => string;

/** Colours for one stream: none where it is no terminal, or the person wants none (NO_COLOR). */
export function painter(out: Partial<Pick<NodeJS.WriteStream, 'isTTY' | 'hasColors'>>): Paint {
  const coloured = out.isTTY === true && out.hasColors?.() !== false;
  return (style, text) =>
    // Each stream is asked here: styleText() itself would ask standard output, whichever stream the text is for.
    coloured ? styleText(style, text, { validateStream: false }) : text;
}
