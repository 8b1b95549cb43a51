/**
 * Paths of a policy, read from what Express 5 documents of them and by nothing that the runtime reads them with:
 * `:name` is one segment or a part of one, `*name` is all that follows, `{…}` may be there or not.
 */

/** What a pattern is made of. */
export type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'parameter' | 'wildcard'; readonly name: string }
  | { readonly kind: 'optional'; readonly parts: readonly Part[] };

/** What stands for each parameter of a path. */
export type PathValues = Readonly<Record<string, string>>;

const NAME = /^(?:"((?:[^"\\]|\\.)*)"|([\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*))/u;

/** @throws TypeError for a path that Express would not take. */
export function partsOf(pattern: string): readonly Part[] {
  let at = 0;
  const read = (isOptional: boolean): Part[] => {
    const parts: Part[] = [];
    while (at < pattern.length) {
      const sign = pattern[at] ?? '';
      at += 1;
      if (sign === '}' && isOptional) return parts;
      if (sign === '{') parts.push({ kind: 'optional', parts: read(true) });
      else if (sign === ':' || sign === '*') {
        const [whole, quoted, plain] = NAME.exec(pattern.slice(at)) ?? [];
        if (whole === undefined) throw new TypeError(`no name in ${pattern} at ${at}`);
        at += whole.length;
        parts.push({ kind: sign === ':' ? 'parameter' : 'wildcard', name: quoted ?? plain ?? '' });
      } else if (sign === '\\') {
        parts.push({ kind: 'text', text: pattern[at] ?? '' });
        at += 1;
      } else parts.push({ kind: 'text', text: sign });
    }
    if (isOptional) throw new TypeError(`an open { in ${pattern}`);
    return parts;
  };
  return read(false);
}

/** Whether a path, as it is sent, is one of the pattern: letters of either case, one slash at its end or none. */
export function matchesPath(pattern: string, path: string): boolean {
  return new RegExp(`^${expressionOf(partsOf(pattern)).replace(/(?<=.)\/$/, '')}/?$`, 'i').test(path);
}

function expressionOf(parts: readonly Part[]): string {
  return parts
    .map((part) => {
      if (part.kind === 'text') return part.text.replace(/[^\w/]/g, (sign) => `\\u${hex(sign)}`);
      if (part.kind === 'optional') return `(?:${expressionOf(part.parts)})?`;
      return part.kind === 'parameter' ? '[^/]+' : '.+';
    })
    .join('');
}

const hex = (sign: string): string => sign.charCodeAt(0).toString(16).padStart(4, '0');

/** Names of the parameters, outside of what may be left out. */
export function parametersOf(pattern: string): string[] {
  return partsOf(pattern).flatMap((part) =>
    part.kind === 'parameter' || part.kind === 'wildcard' ? [part.name] : [],
  );
}

/** A path of the pattern, without what may be left out. A parameter without a value gets one that is nobody's. */
export function pathFor(pattern: string, values: PathValues = {}): string {
  return partsOf(pattern)
    .map((part) => {
      // As it stands: Express holds what is sent against it, and decodes values only.
      if (part.kind === 'text') return part.text.replace(/[^\x21-\x7e]/gu, encodeURI);
      if (part.kind === 'optional') return '';
      const value = values[part.name] ?? MADE_UP;
      return part.kind === 'parameter'
        ? encodeURIComponent(value)
        : value.split('/').map(encodeURIComponent).join('/');
    })
    .join('');
}

const MADE_UP = 'portcullis-verify';
