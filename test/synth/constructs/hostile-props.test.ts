/**
 * Every prop of every construct, missing or of another kind, as JavaScript or a wrong cast would give it. A construct takes
 * it, or refuses it by name. It never fails with an error of its own workings, and never shows what may be a secret.
 */
import { ConstructError } from '@portcullis/constructs';
import * as root from '@portcullis/constructs';
import * as aws from '@portcullis/constructs/aws';
import * as github from '@portcullis/constructs/github';
import { Construct } from 'constructs';
import { OBJECTS, RIGHT } from '../../support/synth/right-props';
import { stackIn } from '../../support/synth/synthesize';

type Props = Record<string, unknown>;

/** Constructs that are given objects of this package alone. */
const LEFT_OUT = ['PolicyRecord', 'WrittenFile'];

it('tries every construct that the packages export', () => {
  const exported = Object.entries({ ...root, ...aws, ...github } as Record<string, unknown>)
    .filter(([, value]) => typeof value === 'function' && value.prototype instanceof Construct)
    .map(([name]) => name);
  const tried = new Set(Object.values(RIGHT).map(([Made]) => Made.name));
  expect(exported.sort()).toEqual([...tried, ...LEFT_OUT].sort());
});

const CANARY = 'canary-7f3a';
const HOSTILE: readonly unknown[] = [
  undefined,
  null,
  7,
  true,
  '',
  `https://user:${CANARY}@example.com/`,
  [],
  [null],
  [7],
  {},
  () => undefined,
];

/** Without it another prop is asked for, which is named then. */
const INSTEAD: Readonly<Record<string, string>> = { listener: 'certificateArn' };

const matrix = Object.keys(RIGHT).flatMap((name) =>
  Object.keys(RIGHT[name]![1](stackIn()))
    .filter((prop) => !OBJECTS.test(prop))
    .map((prop): [string, string] => [name, prop]),
);

it.each(matrix)('%s takes whatever %s is, or refuses it by name', (name, prop) => {
  const [Made, right] = RIGHT[name]!;
  for (const value of HOSTILE) {
    const stack = stackIn();
    const props: Props = { ...right(stack), [prop]: value };
    const outcome = attempt(() => new Made(stack, 'tested', props as never));
    if (outcome === undefined) continue;
    const received = `${name}.${prop} = ${String(value)}: ${outcome.message}`;
    expect([received, outcome instanceof ConstructError]).toEqual([received, true]);
    const named = value === undefined ? (INSTEAD[prop] ?? prop) : prop;
    expect(outcome.message).toMatch(new RegExp(`\\n  ${named}[.[:]`));
    expect(outcome.message).not.toContain(CANARY);
  }
});

function attempt(make: () => unknown): Error | undefined {
  try {
    make();
    return undefined;
  } catch (error) {
    return error as Error;
  }
}
