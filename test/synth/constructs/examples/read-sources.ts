/** Reads what the docstrings of the constructs say: their examples, and the defaults of their properties. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const CHECKOUT = join(__dirname, '../../../..');
const SOURCES = join(CHECKOUT, 'constructs/src');

export interface Example {
  /** What it is an example of: a class, a function. */
  readonly subject: string;
  /** As in `constructs/src/core/state/backend.ts:20`. */
  readonly place: string;
  readonly code: string;
}

export interface Property {
  /** As in `KvMountProps.path`. */
  readonly name: string;
  readonly place: string;
  readonly docstring: string;
}

const DOCSTRING = /^[ ]*\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n/gm;

const EXAMPLE = /@example\n([\s\S]*?)(?=\n *\* @|\n? *\*\/)/g;

function sources(): { path: string; text: string }[] {
  return readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .map((name) => join(SOURCES, name))
    .map((path) => ({ path: relative(CHECKOUT, path), text: readFileSync(path, 'utf8') }));
}

/** Every `@example`, up to the next tag or the end of its docstring. */
export function examples(): Example[] {
  return sources().flatMap(({ path, text }) =>
    [...text.matchAll(DOCSTRING)].flatMap((docstring) => {
      const documented = text.slice(docstring.index + docstring[0].length);
      const subject =
        /^export (?:class|function|const) (\w+)/.exec(documented)?.[1] ?? documented.split('\n', 1)[0] ?? '';
      return [...docstring[0].matchAll(EXAMPLE)].map(({ index, 1: code = '' }) => {
        const line = text.slice(0, docstring.index + index).split('\n').length;
        return { subject, place: `${path}:${line}`, code: code.replace(/^ *\* ?/gm, '') };
      });
    }),
  );
}

/** The optional properties of every exported interface that is the properties of something. */
export function optionalProps(): Property[] {
  return sources().flatMap(({ path, text }) =>
    [...text.matchAll(/^export interface (\w+Props|\w+Options)\b[\s\S]*?\n}\n/gm)].flatMap(
      ([body, owner = '']) =>
        [...body.matchAll(/((?:^ *\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)?)^ *readonly (\w+)\?:/gm)].map(
          ([, docstring = '', name = '']) => ({ name: `${owner}.${name}`, place: path, docstring }),
        ),
    ),
  );
}
