import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { TerraformStack, type ISynthesisSession } from 'cdktf';
import { Construct } from 'constructs';

/** Properties of {@link WrittenFile}. */
export interface WrittenFileProps {
  /** Without its dot, as in `zip`. */
  readonly extension: string;
  /** Bytes of the file. */
  readonly content: Uint8Array;
}

/**
 * A file that is made at synth and written beside the stack's `cdk.tf.json`. Its name is the hash of its content. It
 * provisions nothing. cdktf's own TerraformAsset needs a file to copy, and zips by a shell.
 *
 * https://developer.hashicorp.com/terraform/cdktf/concepts/assets
 *
 * @example
 * const page = new WrittenFile(this, 'page', { extension: 'txt', content: Buffer.from('hello') });
 */
export class WrittenFile extends Construct {
  /** Path, relative to the stack's folder, where the engine runs. */
  readonly path: string;
  /** SHA-256 of the content in base64, as `filebase64sha256()` gives it. */
  readonly sha256: string;

  constructor(scope: Construct, id: string, { extension, content }: WrittenFileProps) {
    super(scope, id);
    const stack = TerraformStack.of(this);
    const hash = createHash('sha256').update(content).digest();
    const folder = `assets/${stack.getLogicalId(this.node)}`;
    this.sha256 = hash.toString('base64');
    this.path = `${folder}/${hash.toString('hex').slice(0, 16)}.${extension}`;
    // With its stack. cdktf's hook for a single construct can only be had from a file inside of it.
    const { synthesizer } = stack;
    stack.synthesizer = {
      synthesize: (session: ISynthesisSession) => {
        synthesizer.synthesize(session);
        const { manifest } = session;
        const stackFolder = dirname(join(manifest.outdir, manifest.forStack(stack).synthesizedStackPath));
        rmSync(join(stackFolder, folder), { recursive: true, force: true }); // files of an earlier synth
        mkdirSync(join(stackFolder, folder), { recursive: true });
        writeFileSync(join(stackFolder, this.path), content);
      },
    };
  }
}
