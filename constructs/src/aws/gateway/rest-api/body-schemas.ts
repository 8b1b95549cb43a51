/** Schemas of request bodies, in the version of JSON Schema that API Gateway reads: draft 4. */
import type { Policy, Problem } from '@portcullis/runtime/policy';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** Schemas by `'<method> <path>'` of the policy's routes. */
export type BodySchemas = Readonly<Record<string, JsonSchema>>;

/** Keywords that came after draft 4. The gateway ignores them, and lets through what they forbid. */
const LATER_KEYWORDS = [
  '$defs',
  'const',
  'contains',
  'dependentRequired',
  'dependentSchemas',
  'else',
  'if',
  'prefixItems',
  'propertyNames',
  'then',
  'unevaluatedItems',
  'unevaluatedProperties',
];

/** Schemas of no route, and keywords that the gateway would ignore. */
export function bodyProblems(policy: Policy, bodies: BodySchemas): Problem[] {
  const routes = policy.routes.map(({ method, path }) => `${method} ${path}`);
  return Object.entries(bodies).flatMap(([key, schema]) => {
    const path = `bodies[${JSON.stringify(key)}]`;
    if (!routes.includes(key)) {
      return [
        { path, message: 'received a schema for no route; expected method and path of one of the policy' },
      ];
    }
    const later = keywordsOf(schema).filter(
      ([keyword, value]) =>
        LATER_KEYWORDS.includes(keyword) ||
        (keyword.startsWith('exclusive') && typeof value === 'number') ||
        (keyword === '$schema' && value !== 'http://json-schema.org/draft-04/schema#'),
    );
    return later.map(([keyword]) => ({
      path,
      message: `received ${keyword} as draft 4 does not know it; expected JSON Schema draft 4, as z.toJSONSchema(schema, { target: 'draft-4' }) gives`,
    }));
  });
}

/** The text of API Gateway's model. To draft 4, 1.0 is no integer; to JavaScript, and so to the app, it is one. */
export function modelText(schema: JsonSchema): string {
  return JSON.stringify(schema, (_key, value: unknown) =>
    isSchema(value) && value.type === 'integer'
      ? { ...value, type: 'number', multipleOf: value.multipleOf ?? 1 }
      : value,
  );
}

/** Every keyword with its value. Below `properties` and the like there are names instead of keywords. */
function keywordsOf(schema: JsonSchema): [string, unknown][] {
  return Object.entries(schema).flatMap(([keyword, value]) => [
    [keyword, value] satisfies [string, unknown],
    ...(NAMED.includes(keyword) && isSchema(value) ? Object.values(value) : [value])
      .flatMap((inner) => (Array.isArray(inner) ? (inner as unknown[]) : [inner]))
      .filter(isSchema)
      .flatMap(keywordsOf),
  ]);
}

const NAMED = ['properties', 'patternProperties', 'definitions', 'dependencies'];

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
