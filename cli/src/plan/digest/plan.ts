/** The part of a plan that decides what is applied. */
import { z } from 'zod';
import { byName } from '../by-name';

const attributes = z.record(z.string(), z.unknown());

const change = z.looseObject({
  actions: z.array(z.string()),
  before: z.unknown().optional(),
  after: z.unknown().optional(),
  after_unknown: z.unknown().optional(),
  before_sensitive: z.unknown().optional(),
  after_sensitive: z.unknown().optional(),
  importing: z.unknown().optional(),
  replace_paths: z.unknown().optional(),
});

const resourceChange = z.looseObject({
  address: z.string(),
  previous_address: z.string().optional(),
  module_address: z.string().optional(),
  mode: z.string(),
  type: z.string(),
  name: z.string().optional(),
  deposed: z.string().optional(),
  provider_name: z.string().optional(),
  change,
});

const stored = z.looseObject({
  address: z.string(),
  mode: z.string(),
  type: z.string(),
  values: attributes.optional(),
});

export interface StoredModule {
  readonly resources: readonly z.output<typeof stored>[];
  readonly child_modules: readonly StoredModule[];
}

const storedModule: z.ZodType<StoredModule> = z.lazy(() =>
  z.object({
    resources: z.array(stored).default([]),
    child_modules: z.array(storedModule).default([]),
  }),
);

const values = z.object({ root_module: storedModule.optional() });

export const planSchema = z.object({
  variables: byName(z.object({ value: z.unknown().optional() })),
  planned_values: values.default({}),
  resource_changes: z.array(resourceChange).default([]),
  output_changes: byName(change),
  prior_state: z.object({ values: values.optional() }).default({}),
  configuration: z.object({ provider_config: attributes.optional() }).default({}),
});

export type Plan = z.output<typeof planSchema>;
export type ResourceChange = z.output<typeof resourceChange>;
export type StoredResource = z.output<typeof stored>;

/** The resources of a module and of those inside of it. */
export function resourcesIn(inside: StoredModule | undefined): StoredResource[] {
  if (inside === undefined) return [];
  return [...inside.resources, ...inside.child_modules.flatMap(resourcesIn)];
}
