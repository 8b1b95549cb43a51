/**
 * What a machine cannot run is skipped by name: each skipped test says in its own name what is missing, and the end
 * of a run lists them.
 *
 * @param missing why the tests cannot run; `undefined` where they can.
 */
export function describeUnless(missing: string | undefined): Describe {
  return missing === undefined ? describe : (name, tests) => describe.skip(withReason(name, missing), tests);
}

/** As {@link describeUnless}, for one test. */
export function testUnless(missing: string | undefined): Test {
  return missing === undefined
    ? test
    : (name, body, timeoutMs) => test.skip(withReason(name, missing), body, timeoutMs);
}

type Describe = (name: string, tests: () => void) => void;
type Test = (name: string, body: jest.ProvidesCallback, timeoutMs?: number) => void;

const withReason = (name: string, missing: string): string => `${name} [skipped: ${missing}]`;
