/**
 * An expression that never has a value. While planning it is unknown; at the apply it fails with `message`, before
 * anything that needs the value is touched. `message` must not hold a quote or an expression.
 */
export function failAtApply(message: string): string {
  // timestamp() is known at the apply only, so that the failure waits for it.
  return `base64decode("${message} (\${timestamp()})")`;
}
