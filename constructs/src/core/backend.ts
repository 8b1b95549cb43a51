import { LocalBackend, S3Backend, type TerraformStack } from 'cdktf';

/** Where a stack's state is kept. Neither kind takes a credential: credentials come from the process' environment. */
export type StateBackend =
  | {
      readonly kind: 'local';
      /** Folder of the state file. The file is named after the stack. */
      readonly directory: string;
    }
  | {
      readonly kind: 's3';
      readonly bucket: string;
      readonly region: string;
      /** KMS key that encrypts the objects. @default the bucket's own default encryption */
      readonly kmsKeyId?: string | undefined;
    };

/**
 * Gives `stack` its backend. In S3 a lock file beside the state locks it (engine ≥ 1.10).
 *
 * https://opentofu.org/docs/language/settings/backends/s3/
 *
 * @example
 * useBackend(this, { kind: 's3', bucket: 'example-state', region: 'eu-central-1' });
 */
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
    ...lockFile, // cdktf's typings do not have it, but cdktf passes it on
  });
}
