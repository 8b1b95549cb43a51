/** Evaluates the part of GitHub's expressions that our workflows use. https://docs.github.com/en/actions/reference/workflows-and-actions/expressions */

export type Context = Readonly<Record<string, unknown>>;

/** Functions of the status of a job or of a step, and what else expressions call. */
export type Functions = Readonly<Record<string, (...args: readonly unknown[]) => unknown>>;

const TOKENS = /\s*('(?:[^']|'')*'|&&|\|\||==|!=|[!(),]|[A-Za-z_][\w-]*(?:\.(?:\*|[A-Za-z_][\w-]*))*|\d+)/y;

/** Replaces every `${{ … }}` of a text. */
export function filledIn(text: string, context: Context, functions: Functions = {}): string {
  return text.replaceAll(/\$\{\{(.*?)\}\}/gs, (_, expression: string) => {
    return asText(evaluate(expression, context, functions));
  });
}

/** The value of a condition, with or without `${{ }}` around it. */
export function holds(condition: string, context: Context, functions: Functions): boolean {
  return Boolean(evaluate(condition.replace(/^\$\{\{(.*)\}\}$/s, '$1'), context, functions));
}

/** @throws Error where it is not the part of the syntax that is known here. */
export function evaluate(expression: string, context: Context, functions: Functions): unknown {
  const tokens = tokensOf(expression);
  const take = (token: string): boolean => tokens[0] === token && tokens.shift() !== undefined;
  const or = (): unknown => {
    let value = and();
    while (take('||')) {
      const other = and();
      const isTrue = Boolean(value);
      if (!isTrue) value = other;
    }
    return value;
  };
  const and = (): unknown => {
    let value = equal();
    while (take('&&')) {
      const other = equal();
      if (value) value = other;
    }
    return value;
  };
  const equal = (): unknown => {
    const value = one();
    if (take('==')) return asText(value) === asText(one());
    if (take('!=')) return asText(value) !== asText(one());
    return value;
  };
  const one = (): unknown => {
    if (take('!')) return !one();
    if (take('(')) {
      const value = or();
      if (!take(')')) throw new Error(`no ")" in ${expression}`);
      return value;
    }
    const token = tokens.shift() ?? '';
    if (token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'");
    if (/^\d/.test(token)) return Number(token);
    if (!take('(')) return lookUp(token, context);
    const args: unknown[] = [];
    while (!take(')')) {
      args.push(or());
      take(',');
    }
    const called = functions[token];
    if (!called) throw new Error(`what does ${token}() give? ${expression}`);
    return called(...args);
  };
  const value = or();
  if (tokens.length > 0) throw new Error(`what is ${tokens.join(' ')} in ${expression}`);
  return value;
}

/** Nothing equals the empty text, as in GitHub's own. */
function asText(value: unknown): string {
  return typeof value === 'string'
    ? value
    : value === undefined || value === null
      ? ''
      : JSON.stringify(value);
}

function tokensOf(expression: string): string[] {
  const tokens: string[] = [];
  TOKENS.lastIndex = 0;
  const trimmed = expression.trim();
  while (TOKENS.lastIndex < trimmed.length) {
    const at = TOKENS.lastIndex;
    const token = TOKENS.exec(trimmed)?.[1];
    if (token === undefined) throw new Error(`cannot read ${trimmed.slice(at)}`);
    tokens.push(token);
  }
  return tokens;
}

function isList(value: unknown): value is readonly Record<string, unknown>[] {
  return Array.isArray(value);
}

function lookUp(path: string, context: Context): unknown {
  return path.split('.').reduce<unknown>((value, name) => {
    if (name === '*') return Object.values<unknown>({ ...(value as Record<string, unknown>) });
    if (isList(value)) return value.map((each) => each[name]);
    return (value as Record<string, unknown> | undefined)?.[name];
  }, context);
}
