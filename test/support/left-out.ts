/** What is not applied, because the server that stands in for AWS cannot do it. */
export interface LeftOut {
  /** Of the resource, as in `aws_elasticache_user_group`. */
  readonly type: string;
  /** Only this argument of it. @default the whole resource */
  readonly argument?: string;
  readonly reason: string;
  /** What stands for its attributes where others refer to them, by attribute. */
  readonly instead?: Readonly<Record<string, unknown>>;
}

/** What a stack is when synthesized, as far as this matters. */
export interface Configuration {
  readonly resource?: Record<string, Record<string, Record<string, unknown>>>;
}

/**
 * The stack without what moto cannot do, and one line for each resource that goes without something.
 *
 * @throws Error when something refers to what is gone and nothing stands for it.
 */
export function leaveOut<T extends Configuration>(
  configuration: T,
  leftOut: readonly LeftOut[],
): { configuration: T; lines: readonly string[] } {
  const lines: string[] = [];
  const left = structuredClone(configuration);
  for (const { type, argument, reason } of leftOut) {
    for (const [name, resource] of Object.entries(left.resource?.[type] ?? {})) {
      if (argument !== undefined && !(argument in resource)) continue;
      lines.push(`left out: ${type}.${name}${argument === undefined ? '' : `.${argument}`}: ${reason}`);
      if (argument !== undefined) Reflect.deleteProperty(resource, argument);
    }
    if (argument === undefined) delete left.resource?.[type];
  }
  return { configuration: withoutReferences(left, leftOut), lines };
}

function withoutReferences<T>(value: T, leftOut: readonly LeftOut[]): T {
  const gone = leftOut.filter(({ argument }) => argument === undefined);
  const visit = (node: unknown): unknown => {
    if (typeof node === 'string') return gone.reduce(replaced, node);
    if (Array.isArray(node)) return node.filter((item) => !isDependency(item, gone)).map(visit);
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(Object.entries(node).map(([key, inner]) => [key, visit(inner)]));
  };
  return visit(value) as T;
}

function replaced(text: string, { type, instead = {} }: LeftOut): string {
  return text.replaceAll(new RegExp(`\\b${type}\\.[\\w-]+\\.(\\w+)`, 'g'), (reference, attribute: string) => {
    const value = instead[attribute];
    if (value === undefined) throw new Error(`${reference} is referred to, but ${type} is left out`);
    return JSON.stringify(value);
  });
}

/** An entry of `depends_on`: `aws_x.name`. */
function isDependency(item: unknown, gone: readonly LeftOut[]): boolean {
  return typeof item === 'string' && gone.some(({ type }) => new RegExp(`^${type}\\.[\\w-]+$`).test(item));
}
