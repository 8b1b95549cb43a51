import { isLater } from './later';

/**
 * Escapes text so that the engine takes it as it is: `${` and `%{` would begin an expression. What is known only at the apply is
 * one already, and stays.
 */
export function literal(text: string): string {
  if (isLater(text)) return text;
  return text.replace(/[$%]\{/g, (mark) => `${mark[0] ?? ''}${mark}`);
}
