import { LocalBackend, S3Backend, type TerraformStack } from 'cdktf';

/** Where a stack's state lives. Neither kind takes a credential: those come from the environment. */
export type StateBackend =
  | {
      readonly kind: 'local';
      /** Folder of the state file, which is named after the stack. */
      readonly directory: string;
    }
  | {
      readonly kind: 's3';
      readonly bucket: string;
      readonly region: string;
      /** KMS key that encrypts the objects. @default the bucket's own default encryption */
      readonly kmsKeyId?: string | undefined;
    };

/** Gives `stack` its backend. On S3 the state is locked by a lock file beside it (engine ≥ 1.10). */
export function useBackend(stack: TerraformStack, backend: StateBackend): void {
  const stackName = stack.node.id;
  if (backend.kind === 'local') {
    new LocalBackend(stack, { path: `${backend.directory}/${stackName}.tfstate` });
    return;
  }
  const lockFile = { useLockfile: true };
  new S3Backend(stack, {
    bucket: backend.bucket,
    key: `portcullis/${stackName}.tfstate`,
    region: backend.region,
    encrypt: true,
    ...(backend.kmsKeyId !== undefined && { kmsKeyId: backend.kmsKeyId }),
    ...lockFile, // not in cdktf's typings, but passed through
  });
}
