/**
 * What stands in the entries of an environment's KV engine. The app reads by these schemas, and `portcullis secrets put`
 * writes nothing that they refuse: a value that no instance can start with is found before it is there.
 */
import { z } from 'zod';

/** What the app has to know that is secret. */
export const configSchema = z.object({
  oauth_client_secret: z.string().min(1),
  jwt_signing_key: z.string().min(32, 'expected at least 32 characters (256 bits for HS256)'),
  /** Seals the sessions of people who log in. The key before it opens them too, for as long as it is accepted. */
  encryption_key: z.string().min(32, 'expected at least 32 characters: less can be guessed'),
  db_host: z.string().min(1),
  db_port: z.coerce.number().int().min(1).max(65_535),
});

export type Config = z.output<typeof configSchema>;

/** How many characters each of its values has at least: a deploy that gives fewer fails while it is planned. */
export const leastLengths: Readonly<Record<string, number>> = Object.fromEntries(
  Object.entries(configSchema.shape).map(([field, schema]) => [
    field,
    schema instanceof z.ZodString ? (schema.minLength ?? 1) : 1,
  ]),
);
