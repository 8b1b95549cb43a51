/** Every stack of this repository can be reviewed: nothing in what is synthesized is decided later, or elsewhere. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import cdktf from '../../../cdktf.json';
import { gatesIn } from '../../../cli/src/plan/digest/configuration';
import { planSchema } from '../../../cli/src/plan/digest/plan';
import { refusals } from '../../../cli/src/plan/digest/refusals';
import type { Configuration } from '../../../cli/src/workspace/configuration';

const RUN = {
  plan: '',
  configuration: '',
  files: {},
  lock: '',
  engine: '',
  surroundings: {},
  overridden: false,
  refusedModules: [],
};

it.each(['tofu', 'terraform'])('by %s', async (engine) => {
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-reviewable-'));
  try {
    const [command = '', ...args] = cdktf.app.split(' ');
    const env = { PATH: process.env.PATH, CDKTF_OUTDIR: folder, TERRAFORM_BINARY_NAME: engine };
    await promisify(execFile)(command, args, { cwd: join(__dirname, '../../..'), env });
    const stacks = await readdir(join(folder, 'stacks'));
    expect(stacks).toContain('vault-prod');
    for (const stack of stacks) {
      const text = await readFile(join(folder, 'stacks', stack, 'cdk.tf.json'), 'utf8');
      const configuration = JSON.parse(text) as Configuration;
      const refused = refusals(configuration, planSchema.parse({}), { ...RUN, lineage: 'known' });
      expect({ stack, refused }).toEqual({ stack, refused: [] });
      // The gates of secrets are known as such: the digest is the same with and without their values.
      expect(gatesIn(configuration)).toHaveLength([...text.matchAll(/"value": "\$\{!?can\(regex\(/g)].length);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});
