import { resolve } from 'node:path';
import { LocalBackend, S3Backend, type TerraformStack } from 'cdktf';
import type { Problem } from '@portcullis/runtime/policy';
import { KMS_KEY, regionProblems } from '../aws';
import { noneOf, unlike } from '../props/checks';
import { refuseProps } from '../props/errors';
import { claimState, projectOfApp, projectProblems, statesOf } from './project';

/** Where a stack's state is kept. Neither kind takes a credential: credentials come from the process' environment. */
export type StateBackend = {
  /** Whose state it is. @default the `projectId` of the app's `cdktf.json` */
  readonly project?: string | undefined;
} & (
  | {
      readonly kind: 'local';
      /**
       * Folder of the state file, which is named after the stack. A relative one is below the folder that the app runs in:
       * whoever runs the engine, and wherever, finds the same state.
       */
      readonly directory: string;
    }
  | {
      readonly kind: 's3';
      readonly bucket: string;
      readonly region: string;
      /** KMS key that encrypts the objects. @default the bucket's own default encryption */
      readonly kmsKeyId?: string | undefined;
    }
);

/**
 * Gives `stack` its backend. In S3 the state is at `portcullis/<project>/<stack>.tfstate`, and a lock file beside it locks it
 * (engine ≥ 1.10). The state says whose it is: the engine refuses to plan with another project's.
 *
 * https://opentofu.org/docs/language/settings/backends/s3/
 *
 * @throws ConstructError `ERR_PROPS` with all problems at once.
 *
 * @example
 * useBackend(this, { kind: 's3', bucket: 'example-state', region: 'eu-central-1' });
 */
export function useBackend(stack: TerraformStack, backend: StateBackend): void {
  const project = backend.project ?? projectOfApp();
  refuseProps(stack, [...backendProblems(backend), ...projectProblems('project', project)]);
  if (project === undefined) return; // refused above
  claimState(stack, project);
  const stackName = stack.node.id;
  if (backend.kind === 'local') {
    new LocalBackend(stack, { path: resolve(backend.directory, `${stackName}.tfstate`) });
    return;
  }
  const lockFile = { useLockfile: true };
  new S3Backend(stack, {
    bucket: backend.bucket,
    key: `${statesOf(project)}/${stackName}.tfstate`,
    region: backend.region,
    encrypt: true,
    ...(backend.kmsKeyId !== undefined && { kmsKeyId: backend.kmsKeyId }),
    ...lockFile, // cdktf's typings do not have it, but cdktf passes it on
  });
}

function backendProblems(backend: StateBackend): Problem[] {
  switch (backend.kind) {
    case 'local':
      return unlike('directory', backend.directory, /\S/, 'a folder');
    case 's3':
      return [
        ...unlike('bucket', backend.bucket, /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'the name of a bucket'),
        ...regionProblems('region', backend.region),
        ...(backend.kmsKeyId === undefined
          ? []
          : unlike('kmsKeyId', backend.kmsKeyId, KMS_KEY, 'the ARN, ID or alias of a key')),
      ];
    default: // without a compiler; the state would go somewhere else
      return noneOf('kind', (backend as { readonly kind?: unknown }).kind, ['local', 's3']);
  }
}
