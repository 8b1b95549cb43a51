/** What has to be known of a synthesized configuration (`cdk.tf.json`) to say what an engine reads for it. */

export type Configuration = Readonly<Record<string, unknown>>;

/** A text of the configuration, and where it stands. */
export interface Text {
  readonly path: readonly string[];
  readonly text: string;
}

/** Every text, names of members included. */
export function textsIn(value: unknown, path: readonly string[] = []): Text[] {
  if (typeof value === 'string') return [{ path, text: value }];
  if (Array.isArray(value)) return value.flatMap((item, index) => textsIn(item, [...path, String(index)]));
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([name, part]) => [
    ...(name.includes('${') ? [{ path: [...path, name], text: name }] : []),
    ...textsIn(part, [...path, name]),
  ]);
}

const CALL =
  /\b(file|filebase64|filemd5|filesha\d+|filebase64sha\d+|fileexists|templatefile|fileset)\s*\(\s*/g;
const LITERAL = /^"((?:\$\{path\.(?:module|root)\}\/)?[^"\\$%]*)"\s*[,)]/;

export interface FilesRead {
  /** Paths, relative to the stack's folder or absolute. */
  readonly paths: readonly string[];
  /** Places where a path is computed: nobody can say which file it is. */
  readonly computed: readonly string[];
}

/** The files that expressions, provisioners and providers read, beside those in the stack's folder. */
export function filesRead(configuration: Configuration): FilesRead {
  const paths: string[] = [];
  const computed: string[] = [];
  for (const { path, text } of textsIn(configuration)) {
    const provisioned = path.includes('provisioner') && /^(source|script|scripts)$/.test(lastName(path));
    if (provisioned) (isExpression(text) ? computed : paths).push(isExpression(text) ? path.join('.') : text);
    if (isUpload(path) && !isExpression(text)) paths.push(text);
    if (!isExpression(text)) continue;
    for (const { 0: call, index } of text.matchAll(CALL)) {
      const literal = LITERAL.exec(text.slice(index + call.length))?.[1];
      if (literal === undefined) computed.push(path.join('.'));
      else paths.push(literal.replace(/^\$\{path\.\w+\}\//, './'));
    }
  }
  return { paths: [...new Set(paths)].sort(), computed: [...new Set(computed)].sort() };
}

/** Attributes whose file a provider reads at the apply, as of a function's code. */
function isUpload(path: readonly string[]): boolean {
  const name = lastName(path);
  return path[0] === 'resource' && /^(filename|source|source_file|source_path|zip_file|\w+_file)$/.test(name);
}

function lastName(path: readonly string[]): string {
  return path.findLast((part) => !/^\d+$/.test(part)) ?? '';
}

/** Whether the engine evaluates it; anything else is what it says. */
export function isExpression(text: string): boolean {
  return text.includes('${') || text.includes('%{');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
