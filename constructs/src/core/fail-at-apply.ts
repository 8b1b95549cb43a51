/**
 * An expression without a value: unknown while planning, and at the apply the error that `message` says, before
 * anything that needs it is touched. `message` may not hold a quote or an expression of its own.
 */
export function failAtApply(message: string): string {
  // timestamp() is what moves the failure from the plan to the apply.
  return `base64decode("${message} (\${timestamp()})")`;
}
