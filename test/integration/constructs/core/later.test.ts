/** What constructs compute with values that only the apply knows, computed by the real engine. */
import { literal } from '@portcullis/constructs';
import { Fn, TerraformOutput, TerraformResource, TerraformStack, Testing, Token } from 'cdktf';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineCache } from '../../../../cli/src/engines/install/cache';
import { engineEnvironment, findOpenTofu } from '../../../../cli/src/engines/programs/opentofu';
import { Run } from '../../../../cli/src/engines/process/run';
import { byDigest, repositoryArn } from '../../../../constructs/src/aws/service/image';
import {
  between,
  dividedUp,
  insideJson,
  joined,
  later,
  least,
  plus,
  times,
} from '../../../../constructs/src/core/later';

const place = { region: 'eu-central-1', account: '333333333333' };
const digest = `@sha256:${'0a'.repeat(32)}`;
const IMAGE = `333333333333.dkr.ecr.eu-central-1.amazonaws.com/team/orders${digest}`;

let run: Run;
let applies = 0;
beforeAll(async () => {
  run = await Run.open();
}, 600_000);
afterAll(() => run.close(), 30_000);

/** Applies a stack that `fill` makes of what is known at the apply alone. @returns its outputs */
async function applied(
  given: unknown,
  fill: (stack: TerraformStack, reference: unknown) => Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const stack = new TerraformStack(Testing.app(), 'later');
  const resource = new TerraformResource(stack, 'given', { terraformResourceType: 'terraform_data' });
  resource.addOverride('input', given);
  for (const [name, value] of Object.entries(fill(stack, resource.interpolationForAttribute('output')))) {
    new TerraformOutput(stack, name, { value, staticId: true });
  }
  const command = await findOpenTofu({ run, cache: new EngineCache(), note: () => undefined });
  applies += 1;
  const folder = await run.subfolder(`later-${applies}`);
  await writeFile(join(folder, 'main.tf.json'), Testing.synth(stack));
  const engine = (...args: string[]): Promise<string> =>
    run.complete(
      { name: args[0] ?? '', command, args: [...args, '-no-color'], cwd: folder, env: engineEnvironment() },
      { code: 'ERR_DEPLOY', remedy: 'see what the engine says' },
    );
  await engine('init', '-input=false');
  await engine('apply', '-input=false', '-auto-approve');
  const outputs = JSON.parse(await engine('output', '-json')) as Record<string, { value: unknown }>;
  return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
}

it('numbers are what they would be if they had been known', async () => {
  const numbers = (value: number) => ({
    sum: plus(1, value),
    product: times(value, 250),
    share: dividedUp(times(value, 100 / 60), 7),
    least: least(30, times(value, 2)),
    unbounded: between(10, times(value, Infinity), 2_000),
    within: between(10, value, 2_000),
    below: between(1_000, value, 2_000),
    above: between(10, value, 12),
  });
  const computed = await applied(20, (_, reference) => numbers(Token.asNumber(reference)));
  expect(computed).toEqual(numbers(20));
});

it('lists are joined, and texts stay texts within JSON', async () => {
  const hostile = 'a "quoted"\\\n${value} at the end"';
  const outputs = await applied({ list: ['sg-1', 'sg-2'], text: literal(hostile) }, (_, reference) => {
    const { list, text } = {
      list: Token.asList(Fn.lookup(reference, 'list', [])),
      text: Token.asString(Fn.lookup(reference, 'text', '')),
    };
    return {
      joined: joined(['sg-0'], list),
      json: JSON.stringify([{ name: 'A', value: insideJson(text) }]),
    };
  });
  expect(outputs.joined).toEqual(['sg-0', 'sg-1', 'sg-2']);
  expect(JSON.parse(outputs.json as string)).toEqual([{ name: 'A', value: hostile }]);
});

it('the repository is read from an image, which has to be of the registry and by its digest', async () => {
  const checked = (image: string) =>
    applied(image, (stack, reference) => {
      const told = Token.asString(reference);
      const user = new TerraformResource(stack, 'user', {
        terraformResourceType: 'terraform_data',
        lifecycle: { precondition: [byDigest(told, place)] },
      });
      user.addOverride('input', told);
      return { arn: repositoryArn(told, place) };
    });
  expect(await checked(IMAGE)).toEqual({
    arn: 'arn:aws:ecr:eu-central-1:333333333333:repository/team/orders',
  });
  for (const image of [
    IMAGE.replace(digest, ':latest'),
    IMAGE.replace('333333333333', '444444444444'),
    IMAGE.replace('eu-central-1', 'eu-west-1'),
    IMAGE.replace('.amazonaws.com/', 'xamazonaws.com/'),
    `evil.example.com/${IMAGE}`,
  ]) {
    await expect(checked(image)).rejects.toThrow(/image: expected a repository of ECR and a digest/);
  }
});

it('a check that fails stops the apply of what it belongs to', async () => {
  const guarded = applied(4_000, (stack, reference) => {
    const seconds = Token.asNumber(reference);
    const user = new TerraformResource(stack, 'user', {
      terraformResourceType: 'terraform_data',
      lifecycle: { precondition: [later(`\${${String(reference)} <= 3600}`, 'seconds', 'at most 3600')] },
    });
    user.addOverride('input', seconds);
    return {};
  });
  await expect(guarded).rejects.toThrow(/seconds: expected at most 3600/);
});
