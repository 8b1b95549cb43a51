/** Text that the engine takes as it is: `${` and `%{` would begin an expression of its own. */
export function literal(text: string): string {
  return text.replace(/[$%]\{/g, (mark) => `${mark[0] ?? ''}${mark}`);
}
