/**
 * The paths of a pattern, as a machine that reads one sign after the other. Two patterns can then be asked what a matcher
 * cannot say: whether some path is one of both, or of one alone.
 */
import { partsOf, type Part } from '../../verify/policy/path';

/** An encoded slash is one sign: a parameter takes it, a wildcard is refused with it (400). */
export const ENCODED_SLASH = '%2f';

type Plain = Exclude<Part, { kind: 'optional' }>;

type Takes = (sign: string) => boolean;

/** States are numbers. A machine may be in several at once. */
export interface Language {
  readonly steps: readonly (readonly { readonly takes: Takes; readonly to: number }[])[];
  readonly ends: ReadonlySet<number>;
  /** The signs of its texts, in lower case: case makes no difference. */
  readonly signs: ReadonlySet<string>;
}

export type State = readonly number[];

export const START: State = [0];

/**
 * @param isStrict where several parameters share a segment, Express' rules for what each takes are intricate. `true`: take
 *   less than they do, `false`: more. Elsewhere both are exact.
 */
export function languageOf(pattern: string, isStrict: boolean): Language {
  const steps: { takes: Takes; to: number }[][] = [[]];
  const ends = new Set<number>();
  const signs = new Set<string>();

  /** Continues from a state with these signs: each alternative of a pattern is a way of its own from the start. */
  const addWay = (parts: readonly Plain[]): void => {
    let at = 0;
    const step = (takes: Takes): void => {
      steps.push([]);
      steps[at]?.push({ takes, to: steps.length - 1 });
      at = steps.length - 1;
    };
    let capturedInSegment = false;
    let since = '';
    for (const part of parts) {
      if (part.kind === 'text') {
        for (const sign of signsOf(part.text)) {
          signs.add(sign);
          step((other) => other === sign);
          capturedInSegment &&= sign !== '/';
        }
        since += part.text.toLowerCase();
        continue;
      }
      const without = isStrict && capturedInSegment ? since : '';
      const takes: Takes =
        part.kind === 'parameter'
          ? (sign) => sign !== '/' && !without.includes(sign)
          : (sign) => sign !== ENCODED_SLASH && !without.includes(sign);
      step(takes);
      steps[at]?.push({ takes, to: at });
      capturedInSegment = true;
      since = '';
    }
    ends.add(at);
    // One slash at the end may be there or not.
    step((sign) => sign === '/');
    ends.add(at);
  };

  for (const way of waysOf(partsOf(pattern))) addWay(joined(way));
  signs.add('/');
  return { steps, ends, signs };
}

/** What all paths of the pattern begin with, in lower case. */
export function beginningOf(pattern: string): string {
  const parts = partsOf(pattern);
  const end = parts.findIndex(({ kind }) => kind !== 'text');
  const texts = end === -1 ? parts : parts.slice(0, end);
  return texts
    .map((part) => (part.kind === 'text' ? part.text : ''))
    .join('')
    .toLowerCase();
}

export function next({ steps }: Language, state: State, sign: string): State {
  const reached = new Set<number>();
  for (const at of state) {
    for (const { takes, to } of steps[at] ?? []) if (takes(sign)) reached.add(to);
  }
  return [...reached].sort((a, b) => a - b);
}

export function accepts({ ends }: Language, state: State): boolean {
  return state.some((at) => ends.has(at));
}

/** Whether the path is one of the language. */
export function includes(language: Language, path: string): boolean {
  let state = START;
  for (const sign of signsOf(path)) state = next(language, state, sign);
  return accepts(language, state);
}

function signsOf(text: string): string[] {
  return text.toLowerCase().match(/%2f|[^]/gu) ?? [];
}

/** A pattern with n optional groups is up to 2^n patterns without. */
function waysOf(parts: readonly Part[]): Plain[][] {
  return parts.reduce<Plain[][]>(
    (ways, part) => {
      const more: Plain[][] = part.kind === 'optional' ? [[], ...waysOf(part.parts)] : [[part]];
      return ways.flatMap((way) => more.map((rest) => [...way, ...rest]));
    },
    [[]],
  );
}

/** Texts side by side become one: an encoded slash is three signs of it. */
function joined(way: readonly Plain[]): Plain[] {
  return way.reduce<Plain[]>((parts, part) => {
    const last = parts.at(-1);
    if (last?.kind !== 'text' || part.kind !== 'text') return [...parts, part];
    return [...parts.slice(0, -1), { kind: 'text', text: last.text + part.text }];
  }, []);
}
