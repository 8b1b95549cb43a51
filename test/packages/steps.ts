/** What a page tells its reader to do, in order: files to write, each named in the line above it, and commands. */
export type Step =
  | { readonly kind: 'file'; readonly name: string; readonly text: string }
  | { readonly kind: 'commands'; readonly text: string };

/** @param upTo where on the page the reader stops */
export function stepsIn(page: string, { upTo }: { readonly upTo: string }): Step[] {
  const end = page.indexOf(upTo);
  if (end < 0) throw new Error(`the page has no ${upTo}`);
  const blocks = page.slice(0, end).matchAll(/(?:^`([\w.-]+)`[^\n]*:\n\n)?^```(\w+)\n([^]*?)^```$/gm);
  return [...blocks].map(([, name, language = '', text = '']) => {
    if (language === 'sh') return { kind: 'commands', text };
    if (name === undefined) throw new Error(`a block of ${language} has no name above it:\n${text}`);
    return { kind: 'file', name, text };
  });
}

/** The texts of all blocks in a language. */
export function blocksIn(page: string, language: string): string[] {
  const blocks = [...page.matchAll(/^```(\w+)\n([^]*?)^```$/gm)];
  return blocks.flatMap(([, one, text = '']) => (one === language ? [text] : []));
}
