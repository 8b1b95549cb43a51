import type { z } from 'zod';
import type { SecretsError } from './errors';

/**
 * What the schema makes of what Vault answered, as a schema that is async makes it, too. Nothing that was received is told:
 * zod's messages may quote it, and so may whatever a transform throws (`JSON.parse()` does).
 *
 * @param refusal the error for what does not fit: it gets the names of the fields with zod's codes, or who failed.
 * @throws SecretsError the refusal
 */
export async function fit<S extends z.ZodType>(
  schema: S,
  data: unknown,
  refusal: (why: string) => SecretsError,
): Promise<z.output<S>> {
  const parsed = await schema.safeParseAsync(data).catch((error: unknown) => {
    throw refusal(`the schema itself threw ${nameOf(error)}`);
  });
  if (parsed.success) return parsed.data;
  throw refusal(
    parsed.error.issues
      .map(({ path, code }) => `${path.map(String).join('.') || '(root)'} (${code})`)
      .join(', '),
  );
}

function nameOf(error: unknown): string {
  const { name } = (error ?? {}) as { readonly name?: unknown };
  return typeof name === 'string' && /^[A-Z]\w{0,40}Error$/.test(name) ? `a ${name}` : 'an error';
}
