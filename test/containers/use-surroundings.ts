import type { AwsEnvironment } from '../../stacks/environments/define-environment';
import { startSurroundings, type Surroundings } from './surroundings';

const START_MS = 600_000;

/** An environment for the tests of a file. What of it is not production's is printed. */
export function useSurroundings(environment: AwsEnvironment): () => Surroundings {
  let surroundings: Surroundings | undefined;
  beforeAll(async () => {
    surroundings = await startSurroundings(environment);
    const lines = surroundings.replaced.map((line) => `  ${line}\n`);
    process.stderr.write(`In ${environment.name}, replaced:\n${lines.join('')}`);
  }, START_MS);
  afterAll(() => surroundings?.close(), 60_000);
  return () => {
    if (surroundings === undefined) throw new Error('the environment is there only while tests run');
    return surroundings;
  };
}
