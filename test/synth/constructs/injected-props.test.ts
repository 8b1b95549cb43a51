/**
 * Every text in every prop of every construct, as one with expressions of the engine in it: as if somebody else chose it. It
 * is refused, or is a text to the engine as well. An expression reads files and the environment of whoever deploys.
 */
import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { GithubProvider } from '@cdktf/provider-github/lib/provider';
import { ConstructError } from '@portcullis/constructs';
import { at, everyPart, replaced } from '../../support/synth/parts';
import { RIGHT } from '../../support/synth/right-props';
import { stackIn, synthesize } from '../../support/synth/synthesize';

const INJECTED = 'a${file("canary")}%{ if true }b%{ endif }';
/** What a prop may be instead: many take nothing but what looks right, such as an address, and one may end in anything. */
const VARIANTS: readonly ((right: string) => string)[] = [
  () => INJECTED,
  (right) => `${right}${INJECTED}`,
  (right) => `${right}/\${terraform.workspace}%{if true}b%{endif}`,
  (right) => `${right}\${path.cwd}`,
];
/** The same with its beginnings doubled, in whatever text it stands. */
const EVALUATED = /(?<!\$)\$\{(file\(|terraform\.workspace|path\.cwd)|(?<!%)%\{ ?(if|endif)/;

const texts = everyPart().filter(
  ([name, , path]) => typeof at(RIGHT[name]![1](stackIn()), path) === 'string',
);

it('looks at many texts', () => {
  expect(texts.length).toBeGreaterThan(100);
});

it.each(texts)('%s takes %s for a text, or refuses it', (name, where, path) => {
  const [Made, right] = RIGHT[name]!;
  for (const variant of VARIANTS) {
    const stack = stackIn();
    new AwsProvider(stack, 'aws', {});
    new GithubProvider(stack, 'github', {});
    const props = right(stack);
    const injected = variant(at(props, path) as string);
    try {
      new Made(stack, 'tested', replaced(props, path, injected) as never);
    } catch (error) {
      expect([where, error]).toEqual([where, expect.any(ConstructError)]);
      continue;
    }
    const text = synthesize(stack).text;
    expect([where, injected, EVALUATED.exec(text)?.[0]]).toEqual([where, injected, undefined]);
  }
});

it('would see an expression', () => {
  for (const variant of VARIANTS) {
    const injected = variant('right');
    expect(EVALUATED.test(injected)).toBe(true);
    expect(EVALUATED.test(injected.replace(/[$%]\{/g, (mark) => `${mark.slice(0, 1)}${mark}`))).toBe(false);
  }
});
