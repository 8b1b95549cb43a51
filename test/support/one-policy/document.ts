/** A synthesized stack as an interpreter reads it: nothing is known but what is written in `cdk.tf.json`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Fields = Readonly<Record<string, unknown>>;

export interface Document {
  /** Every resource of a type. */
  all(type: string): Resource[];
  /** The one that an expression such as `${aws_lambda_function.x.arn}` means. */
  referred(expression: unknown): Resource;
  /** A file beside the stack. */
  asset(path: string): Buffer;
}

export interface Resource {
  readonly address: string;
  readonly fields: Fields;
}

/** @param folder of the stack, with its `cdk.tf.json`. */
export function readDocument(folder: string): Document {
  const { resource } = JSON.parse(readFileSync(join(folder, 'cdk.tf.json'), 'utf8')) as {
    resource: Record<string, Record<string, Fields>>;
  };
  return {
    all: (type) =>
      Object.entries(resource[type] ?? {}).map(([id, fields]) => ({ address: `${type}.${id}`, fields })),
    referred: (expression) => {
      const [, type = '', id = ''] = /\$\{(aws_\w+)\.([\w-]+)\.\w+\}/.exec(String(expression)) ?? [];
      const fields = resource[type]?.[id];
      if (!fields) throw new Error(`${String(expression)} refers to nothing in the stack`);
      return { address: `${type}.${id}`, fields };
    },
    asset: (path) => readFileSync(join(folder, path)),
  };
}

/** What the engine makes of a text: `$${` is `${`. */
export function text(value: unknown): string {
  return String(value).replace(/([$%])\1\{/g, '$1{');
}

export function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(text) : [];
}
