/** Which project a stack belongs to: two repositories may have stacks of one name, and keep their states in one bucket. */
import { TerraformResource, type TerraformStack } from 'cdktf';
import type { Problem } from '@portcullis/runtime/policy';
import { readFileSync } from 'node:fs';
import { unless } from '../props/checks';

/** In keys of objects and in ARNs, so that it holds no separator and no wildcard. */
const PROJECT = /^[a-z0-9][\w.-]{0,63}$/i;

/** The `projectId` of the app's `cdktf.json`: cdktf runs apps in the folder that has it. Undefined without one. */
export function projectOfApp(): string | undefined {
  let text: string;
  try {
    text = readFileSync('cdktf.json', 'utf8');
  } catch {
    return undefined;
  }
  const { projectId } = JSON.parse(text) as { readonly projectId?: unknown };
  return typeof projectId === 'string' ? projectId : undefined;
}

/** The problem of a name that no project has. @param project undefined where neither a prop nor `cdktf.json` names one. */
export function projectProblems(path: string, project: string | undefined): Problem[] {
  const expected =
    'the name of the project, here or as "projectId" in cdktf.json: letters, digits, ".", "_" and "-"';
  return unless(typeof project === 'string' && PROJECT.test(project), path, project, expected);
}

/** Where the states of a project are, in their bucket. */
export function statesOf(project: string): string {
  return `portcullis/${project}`;
}

/**
 * Makes a stack's state say which project it belongs to, and the engine refuse to plan with a state that says another one:
 * what that one describes would be destroyed.
 */
export function claimState(stack: TerraformStack, project: string): void {
  const claim = new TerraformResource(stack, 'portcullis-project', {
    terraformResourceType: 'terraform_data',
    lifecycle: {
      // What the state says stays, and is compared.
      ignoreChanges: ['input'],
      postcondition: [
        {
          condition: `\${self.input == ${JSON.stringify(project)}}`,
          errorMessage: `This state is of the project \${self.input}, not of ${project}: nothing is planned. Give the stack a state of its own (project of its backend, or projectId in cdktf.json). Where the project only has a new name, run \`state rm terraform_data.portcullis-project\` first.`,
        },
      ],
    },
  });
  claim.addOverride('input', project);
}
