/** Escapes text so that the engine takes it as it is: `${` and `%{` would begin an expression. */
export function literal(text: string): string {
  return text.replace(/[$%]\{/g, (mark) => `${mark[0] ?? ''}${mark}`);
}
