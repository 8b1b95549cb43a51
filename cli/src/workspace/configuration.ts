/** What has to be known of a synthesized configuration (`cdk.tf.json`) to say what an engine reads for it. */

export type Configuration = Readonly<Record<string, unknown>>;

/** A text of the configuration, and where it stands. */
export interface Text {
  readonly path: readonly string[];
  readonly text: string;
}

/** What HCL allows between two words of an expression, as a part of a regular expression: spaces and comments. */
export const GAP = String.raw`(?:\s|/\*[\s\S]*?\*/|(?:#|//)[^\n]*\n)*`;

/** Every text, names of members included. */
export function textsIn(value: unknown, path: readonly string[] = []): Text[] {
  if (typeof value === 'string') return [{ path, text: value }];
  if (Array.isArray(value)) return value.flatMap((item, index) => textsIn(item, [...path, String(index)]));
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([name, part]) => [
    ...(isExpression(name) ? [{ path: [...path, name], text: name }] : []),
    ...textsIn(part, [...path, name]),
  ]);
}

const CALL = new RegExp(
  `\\b(?:file|filebase64|filemd5|filesha\\d+|filebase64sha\\d+|fileexists|templatefile|fileset)${GAP}\\(${GAP}`,
  'g',
);
const LITERAL = /^"((?:\$\{path\.(?:module|root)\}\/)?[^"\\$%]*)"\s*[,)]/;

export interface FilesRead {
  /** Paths, relative to the stack's folder or absolute. */
  readonly paths: readonly string[];
  /** Places where a path is computed: nobody can say which file it is. */
  readonly computed: readonly string[];
  /** Words of commands that may be scripts: relative paths, if such a file is there. */
  readonly scripts: readonly string[];
}

/** The files that expressions, provisioners and providers read, beside those in the stack's folder. */
export function filesRead(configuration: Configuration): FilesRead {
  const paths: string[] = [];
  const computed: string[] = [];
  const scripts: string[] = [];
  for (const { path, text } of textsIn(configuration)) {
    const provisioned = path.includes('provisioner') && /^(source|script|scripts)$/.test(lastName(path));
    if (provisioned) (isExpression(text) ? computed : paths).push(isExpression(text) ? path.join('.') : text);
    if (isCommand(path))
      scripts.push(...text.split(/[^\w./@+-]+/).filter((word) => /^[^/].*[./]\w/.test(word)));
    if (isUpload(path) && !isExpression(text)) paths.push(text);
    if (!isExpression(text)) continue;
    for (const literal of pathsIn(text)) {
      if (literal === undefined) computed.push(path.join('.'));
      else paths.push(literal.replace(/^\$\{path\.\w+\}\//, './'));
    }
  }
  const [named, unknown, words] = [paths, computed, scripts].map((list) => [...new Set(list)].sort());
  return { paths: named ?? [], computed: unknown ?? [], scripts: words ?? [] };
}

/** Of each call that reads a file, the path as it is written; undefined where it is computed. */
export function pathsIn(text: string): (string | undefined)[] {
  return [...text.matchAll(CALL)].map(
    ({ 0: call, index }) => LITERAL.exec(text.slice(index + call.length))?.[1],
  );
}

/** The command of a provisioner, and the program that is a data source. */
function isCommand(path: readonly string[]): boolean {
  const name = lastName(path);
  return (
    (path.includes('local-exec') && /^(command|interpreter)$/.test(name)) ||
    (path[0] === 'data' && path[1] === 'external' && name === 'program')
  );
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
