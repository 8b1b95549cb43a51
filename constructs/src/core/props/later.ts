/**
 * Values that only the apply knows: an attribute of something that does not exist yet, a variable. cdktf has them as
 * tokens: texts, numbers and lists that look like any other. A construct passes them on, has the engine compute with them
 * and has it check them; or it refuses them, with the reason for which the synthesis itself needs the value.
 *
 * https://developer.hashicorp.com/terraform/cdktf/concepts/tokens
 */
import { Fn, Op, Token, type Precondition, type TerraformResourceLifecycle } from 'cdktf';
import type { Problem } from '@portcullis/runtime/policy';

/** Whether a value, or a part of a text, is known only at the apply. */
export function isLater(value: unknown): boolean {
  return Token.isUnresolved(value);
}

/** Whether one of the things that a list holds is a list that is known only at the apply: cdktf cannot join the two. */
export function holdsLaterList(list: readonly unknown[]): boolean {
  return list.length > 1 && list.some((item) => !isLater(item) && isLater([item]));
}

/**
 * The problems of a value that the synthesis needs, wherever in it something is known only at the apply.
 *
 * @param because the reason, as in `names of other things are made of it`.
 */
export function known(path: string, value: unknown, because: string): Problem[] {
  if (isLater(value) || (Array.isArray(value) && holdsLaterList(value))) {
    const expected = `one that is known before, because ${because}`;
    return [{ path, message: `received a value that is known only at the apply; expected ${expected}` }];
  }
  if (Array.isArray(value))
    return value.flatMap((item: unknown, index) => known(`${path}[${index}]`, item, because));
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return [];
  return Object.entries(value).flatMap(([name, part]) => known(`${path}.${name}`, part, because));
}

/** `a + b` */
export function plus(a: number, b: number): number {
  return isLater(a) || isLater(b) ? Token.asNumber(Op.add(a, b)) : a + b;
}

/** `a * b`. Where `b` is without end, so is the product: the engine knows no such number. */
export function times(a: number, b: number): number {
  if (b === Infinity) return b;
  return isLater(a) || isLater(b) ? Token.asNumber(Op.mul(a, b)) : a * b;
}

/** `a / b`, rounded up. */
export function dividedUp(a: number, b: number): number {
  return isLater(a) || isLater(b) ? Token.asNumber(Fn.ceil(Token.asNumber(Op.div(a, b)))) : Math.ceil(a / b);
}

/** The smaller of two. */
export function least(a: number, b: number): number {
  return isLater(a) || isLater(b) ? Token.asNumber(Fn.min([a, b])) : Math.min(a, b);
}

/** A number, or the nearest from `fewest` to `most`. */
export function between(fewest: number, value: number, most: number): number {
  return isLater(value)
    ? Token.asNumber(Fn.min([Fn.max([value, fewest]), most]))
    : Math.min(Math.max(value, fewest), most);
}

/** One list after the other. */
export function joined(...lists: readonly (readonly string[])[]): string[] {
  return lists.some(isLater) ? Token.asList(Fn.concat(lists.map((list) => [...list]))) : lists.flat();
}

/** A text as it stands between the quotes of a JSON text. */
export function insideJson(text: string): string {
  if (!isLater(text)) return text;
  const quoted = Fn.jsonencode(text);
  const inside = Token.asNumber(Op.sub(Fn.lengthOf(quoted), 2));
  return Fn.substr(quoted, 1, inside);
}

/** A check that the engine makes of a value that is known only later: before the apply where a plan knows it. */
export function later(condition: Precondition['condition'], path: string, expected: string): Precondition {
  return { condition: condition as unknown, errorMessage: `${path}: expected ${expected}` };
}

/** The lifecycle of a resource with those checks. */
export function checkedBy(
  checks: readonly Precondition[],
  lifecycle: TerraformResourceLifecycle = {},
): { readonly lifecycle?: TerraformResourceLifecycle } {
  const all = { ...lifecycle, ...(checks.length > 0 && { precondition: [...checks] }) };
  return Object.keys(all).length > 0 ? { lifecycle: all } : {};
}
