/** What constructs compute with values that only the apply knows, computed by the real engine. */
import { literal } from '@portcullis/constructs';
import {
  Fn,
  TerraformOutput,
  TerraformResource,
  TerraformStack,
  Testing,
  Token,
  type Precondition,
} from 'cdktf';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineCache } from '../../../../../cli/src/engines/install/cache';
import { engineEnvironment, findOpenTofu } from '../../../../../cli/src/engines/programs/opentofu';
import { Run } from '../../../../../cli/src/engines/process/run';
import { byDigest, repositoryArn } from '../../../../../constructs/src/aws/images/image';
import {
  between,
  dividedUp,
  insideJson,
  joined,
  least,
  plus,
  times,
} from '../../../../../constructs/src/core/props/later';

import { cidrsLater, secondsLater, type Lifetimes } from '../../../../../constructs/src/vault/checks';

const place = { region: 'eu-central-1', account: '333333333333' };
const digest = `@sha256:${'0a'.repeat(32)}`;
const IMAGE = `333333333333.dkr.ecr.eu-central-1.amazonaws.com/team/orders${digest}`;

let run: Run;
let applies = 0;
let engines = 0;
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
  const engine = async (...args: string[]): Promise<void> => {
    engines += 1;
    const child = await run.spawn({
      name: `engine-${engines}`,
      command,
      args: [...args, '-no-color'],
      cwd: folder,
      env: engineEnvironment(),
    });
    const { code } = await child.exited;
    if (code !== 0) throw new Error(await readFile(child.log, 'utf8'));
  };
  const told = (): Promise<string> =>
    run.complete(
      {
        name: `outputs-${applies}`,
        command,
        args: ['output', '-json'],
        cwd: folder,
        env: engineEnvironment(),
      },
      { code: 'ERR_DEPLOY', remedy: 'see what the engine says' },
    );
  await engine('init', '-input=false');
  await engine('apply', '-input=false', '-auto-approve');
  const outputs = JSON.parse(await told()) as Record<string, { value: unknown }>;
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

describe('what opens something is checked by the engine', () => {
  const held = (given: unknown, checks: (reference: unknown) => Precondition[]) =>
    applied(given, (stack, reference) => {
      const lifecycle = { precondition: checks(reference) };
      new TerraformResource(stack, 'user', { terraformResourceType: 'terraform_data', lifecycle });
      return {};
    });

  it.each([0, 3_601, 1.5, -3_600])('no lifetime of %d seconds', async (seconds) => {
    const checks = (reference: unknown) => secondsLater('tokenPeriodSeconds', Token.asNumber(reference));
    await expect(held(seconds, checks)).rejects.toThrow(
      /tokenPeriodSeconds: expected whole seconds from 1 to 3600/,
    );
  });

  it('lifetimes up to the ceiling of the policy', async () => {
    const policy = { lifetimes: { credentialSeconds: 900 } } as Lifetimes;
    const checks = (reference: unknown) => secondsLater('seconds', Token.asNumber(reference), policy);
    await held(900, checks);
    await expect(held(901, checks)).rejects.toThrow(
      /expected whole seconds from 1 to 900, which is the policy's/,
    );
  });

  it('no empty list of address ranges, which means anywhere', async () => {
    const checks = (reference: unknown) => cidrsLater('tokenBoundCidrs', Token.asList(reference));
    await held(['10.0.0.0/16'], checks);
    await expect(held([], checks)).rejects.toThrow(
      /tokenBoundCidrs: expected at least one range, or no list/,
    );
  });
});
