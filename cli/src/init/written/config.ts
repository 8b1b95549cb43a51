/** @param policyFile relative to the folder, as `policy.ts` */
export const configSource = (policyFile: string): string => `import { defineConfig } from '@portcullis/cli';
import { policy } from './${specifierOf(policyFile)}';

/** What the command \`portcullis\` has to know of this repository. */
export default defineConfig({ policy, environments: { local: {} } });
`;

/** How TypeScript that tsx runs imports a file: an ending that says which kind of module it is has to stay. */
export const specifierOf = (file: string): string => file.replace(/\.[jt]s$/, '');
