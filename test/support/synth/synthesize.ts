import { VaultProvider } from '@cdktf/provider-vault/lib/provider';
import { TerraformStack, Testing } from 'cdktf';

/** What a stack is once synthesized: the parts that tests look at. */
export interface Synthesized {
  readonly resource: Record<string, Record<string, Record<string, unknown>>>;
  readonly variable: Record<string, Record<string, unknown>>;
  readonly locals: Record<string, unknown>;
  readonly terraform: {
    readonly backend?: Record<string, unknown>;
    readonly encryption?: Record<string, unknown>;
    readonly required_providers: Record<string, { readonly version: string }>;
  };
  /** As it is written to `cdk.tf.json`. */
  readonly text: string;
}

export function stackIn(): TerraformStack {
  const stack = new TerraformStack(Testing.app(), 'test');
  new VaultProvider(stack, 'vault', {});
  return stack;
}

/** Synthesizes `stack`, or a new one that `build` fills. */
export function synthesize(subject: TerraformStack | ((stack: TerraformStack) => unknown)): Synthesized {
  const stack = subject instanceof TerraformStack ? subject : stackIn();
  if (typeof subject === 'function') subject(stack);
  const text = Testing.synth(stack, true);
  return { resource: {}, variable: {}, locals: {}, ...(JSON.parse(text) as object), text } as Synthesized;
}

/** Every resource of a type, without cdktf's own metadata. */
export function all(synthesized: Synthesized, type: string): Record<string, unknown>[] {
  return Object.values(synthesized.resource[type] ?? {}).map((resource) =>
    Object.fromEntries(Object.entries(resource).filter(([key]) => key !== '//')),
  );
}

/** The one resource of a type, or the one of that name. */
export function only(synthesized: Synthesized, type: string, name?: string): Record<string, unknown> {
  const found = all(synthesized, type).filter((resource) => name === undefined || resource.name === name);
  expect(found).toHaveLength(1);
  return found[0]!;
}

/** What `toThrow()` takes to expect a ConstructError of this code. */
export const refusal = (code: string, rest: object = {}): Error =>
  expect.objectContaining({ code, ...rest }) as Error;

/** Every resource's type and logical ID: what a rename would replace. */
export function idsOf({ resource }: Synthesized): string[] {
  return Object.entries(resource)
    .flatMap(([type, resources]) => Object.keys(resources).map((id) => `${type}.${id}`))
    .sort();
}

/** What `toThrow()` takes to expect properties refused in these places, in this order, and in no other. */
export function refusedProps(...places: readonly string[]): Error {
  const count = `${places.length} problem${places.length === 1 ? '' : 's'}`;
  const lines = places.map((place) => `  ${place.replace(/[.[\]]/g, '\\$&')}: received .*`);
  return refusal('ERR_PROPS', {
    message: expect.stringMatching(
      new RegExp(`props has ${count}\n${lines.join('\n')}\n\\(ERR_PROPS\\)$`),
    ) as string,
  });
}
