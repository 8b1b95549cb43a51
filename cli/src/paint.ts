import { styleText } from 'node:util';

type Style = 'green' | 'red' | 'cyan' | 'dim';

/** Colours for one stream: none where it is no terminal, or the person wants none (NO_COLOR). */
export function painter(out: Partial<Pick<NodeJS.WriteStream, 'isTTY' | 'hasColors'>>) {
  const coloured = out.isTTY === true && out.hasColors?.() !== false;
  return (style: Style, text: string): string =>
    // Each stream is asked here: styleText() itself would ask standard output, whichever stream the text is for.
    coloured ? styleText(style, text, { validateStream: false }) : text;
}
