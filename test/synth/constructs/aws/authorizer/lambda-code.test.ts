import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bundleAuthorizer } from '@portcullis/constructs/aws';
import { Testing } from 'cdktf';
import { policy } from '../../../../../policy';
import { zipOf } from '../../../../../constructs/src/aws/authorizer/zip';
import { only, stackIn, synthesize } from '../../../../support/synth/synthesize';
import { httpApiIn } from '../../../../support/synth/aws-fixtures';

it('is written beside the stack, named by its hash, and is what the bundler makes', () => {
  const stack = stackIn();
  httpApiIn(stack, { auth: {} });
  const { filename, source_code_hash } = only(synthesize(stack), 'aws_lambda_function');
  const archive = join(Testing.fullSynth(stack), 'stacks', 'test', filename as string);

  const hash = createHash('sha256').update(readFileSync(archive)).digest();
  expect(source_code_hash).toBe(hash.toString('base64'));
  expect(archive).toContain(`/${hash.toString('hex').slice(0, 16)}.zip`);
  expect(readdirSync(dirname(archive))).toHaveLength(1);

  // Python's own reader checks the directory, the sizes and the sum.
  const read = `
import sys, zipfile
archive = zipfile.ZipFile(sys.argv[1])
[info] = archive.infolist()
assert archive.testzip() is None
assert (info.filename, info.external_attr >> 16) == ('index.js', 0o100644), info
sys.stdout.buffer.write(archive.read('index.js'))`;
  const code = execFileSync('python3', ['-c', read, archive], { encoding: 'utf8' });
  expect(code).toBe(bundleAuthorizer({ policy }));
});

it('is the same archive for the same code', () => {
  expect(zipOf('index.js', 'exports.a = 1')).toEqual(zipOf('index.js', 'exports.a = 1'));
  expect(zipOf('index.js', 'exports.a = 1')).not.toEqual(zipOf('index.js', 'exports.a = 2'));
});
