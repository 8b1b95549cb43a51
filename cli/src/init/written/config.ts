/**
 * @param policyFile relative to the folder, as `policy.ts`
 * @param owners who reviews every change: their file is written by `portcullis workflows`
 */
export const configSource = (
  policyFile: string,
  owners: readonly string[] = [],
): string => `import { defineConfig } from '@portcullis/cli';
import { policy } from './${specifierOf(policyFile)}';

/** What the command \`portcullis\` has to know of this repository. */
export default defineConfig({ policy, environments: { local: {} }${reviewed(owners)} });
`;

const reviewed = (owners: readonly string[]): string =>
  owners.length === 0 ? '' : `, repository: { codeOwners: ${JSON.stringify(owners).replaceAll('"', "'")} }`;

/** How TypeScript that tsx runs imports a file: an ending that says which kind of module it is has to stay. */
export const specifierOf = (file: string): string => file.replace(/\.[jt]s$/, '');
