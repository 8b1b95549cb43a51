/**
 * Every prop of every construct, and every part of one, as a value that is known only at the apply. What is synthesized is
 * the same as for a value that is known, with the reference where the value was. Or the value is refused, with a reason.
 */
import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { GithubProvider } from '@cdktf/provider-github/lib/provider';
import { ConstructError } from '@portcullis/constructs';
import { Fn, TerraformResource, Token, type TerraformStack } from 'cdktf';
import { at, everyPart, replaced, type Path } from '../../support/synth/parts';
import { RIGHT } from '../../support/synth/right-props';
import { stackIn, synthesize } from '../../support/synth/synthesize';

const REFERENCE = '${terraform_data.given.output}';

/** Where the engine computes with what it gets. test/integration/constructs/core/props/later.test.ts has it do so. */
const COMPUTED = [
  'ApiService.image',
  'ApiService.environment.VAULT_ADDR',
  'ApiService.memberOf',
  'ApiService.cluster',
  'RateLimitStore.replicas',
  'HttpApiGateway.busyClients',
  'RestApiGateway.busyClients',
  'PostgresConnection.database',
];

/** Its resources are known by their place then, no longer by the name: their IDs are other ones. */
const BY_PLACE = ['RateLimitStore.name', 'EncryptionKey.name', 'AwsDeployIdentity.roleNames.deploy'];

/** Another construct uses it, or this one with other props. */
const UNUSED = [
  'ApiService.serverName',
  'ApiService.listener.clientSecurityGroupIds',
  'ApiService.listener.clientSecurityGroupIds[0]',
  'GatewayAccount.place.account',
  'HttpApiGateway.place.account',
  'RestApiGateway.place.account',
  'HttpApiGateway.authorizerRole',
  'AwsDeployIdentity.workflow',
  'ImageRepository.workflow',
];

function laterIn(stack: TerraformStack, value: unknown): unknown {
  const given = new TerraformResource(stack, 'known-later', { terraformResourceType: 'terraform_data' });
  given.overrideLogicalId('given');
  const reference = given.interpolationForAttribute('output');
  if (typeof value === 'string') return Token.asString(reference);
  if (typeof value === 'number') return Token.asNumber(reference);
  if (!Array.isArray(value)) return typeof value === 'object' ? Token.asAnyMap(reference) : reference;
  if (value.some((item) => typeof item === 'object')) return reference;
  return typeof value[0] === 'number' ? Token.asNumberList(reference) : Token.asList(reference);
}

/** A prop as the lists above name it, in whatever way its construct is made. */
const propOf = (name: string, where: string): string => `${RIGHT[name]![0].name}.${where}`;

const matrix = everyPart();

it.each(matrix)('%s passes %s on as it is, or says why it has to know it', (name, where, path) => {
  const later = made(name, path, laterIn);
  if (later instanceof Error) {
    const received = `${name}.${where}: ${later.message}`;
    expect([received, later instanceof ConstructError]).toEqual([received, true]);
    const [prop] = path;
    const line =
      later.message.split('\n').find((one) => one.startsWith(`  ${String(prop)}`)) ?? later.message;
    expect(line).toMatch(/known only at the apply.*(because|expected `Fn.concat)/);
    return;
  }
  expect(JSON.stringify(later)).not.toMatch(/TfToken|e\+?30\d/);
  const used = JSON.stringify(later).includes('terraform_data.given.output');
  const prop = propOf(name, where);
  expect([prop, used]).toEqual([prop, !UNUSED.includes(prop)]);
  if ([...COMPUTED, ...BY_PLACE].includes(prop)) return;
  const value = at(RIGHT[name]![1](stackIn()), path);
  expect(filledIn(later, value)).toEqual(knownOf(name, path));
});

it('computes nowhere else', () => {
  const all = matrix.map(([name, where]) => propOf(name, where));
  expect(COMPUTED.filter((one) => !all.includes(one))).toEqual([]);
});

const known = new Map<string, unknown>();

/** What is synthesized where every value is known, whichever it is that a test has in mind. */
function knownOf(name: string, path: Path): unknown {
  if (!known.has(name)) known.set(name, made(name, path));
  return known.get(name);
}

/** What is synthesized, or the error. */
function made(
  name: string,
  path: Path,
  change: (stack: TerraformStack, value: unknown) => unknown = (stack, value) => {
    laterIn(stack, value);
    return value;
  },
): unknown {
  const [Made, right] = RIGHT[name]!;
  const stack = stackIn();
  new AwsProvider(stack, 'aws', {});
  new GithubProvider(stack, 'github', {});
  const props = right(stack);
  try {
    new Made(stack, 'tested', replaced(props, path, change(stack, at(props, path))) as never);
    return withoutChecks(JSON.parse(synthesize(stack).text));
  } catch (error) {
    return error;
  }
}

/** Without preconditions: what is not known when it is synthesized is checked by the engine. */
function withoutChecks(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutChecks);
  if (typeof value !== 'object' || value === null) return value;
  const lifecycle = Object.fromEntries(
    Object.entries((value as { lifecycle?: object }).lifecycle ?? {}).filter(
      ([key]) => key !== 'precondition',
    ),
  );
  const entries = Object.entries(value).flatMap(([key, part]) =>
    key === 'lifecycle'
      ? Object.keys(lifecycle).length > 0
        ? [[key, lifecycle]]
        : []
      : [[key, withoutChecks(part)]],
  );
  return Object.fromEntries(entries) as unknown;
}

/** What the engine makes of it. */
function filledIn(value: unknown, by: unknown): unknown {
  if (value === REFERENCE) return by;
  if (typeof value === 'string') {
    // Within an expression it stands without its braces.
    return value.replaceAll(REFERENCE, String(by)).replaceAll(REFERENCE.slice(2, -1), JSON.stringify(by));
  }
  if (Array.isArray(value)) return value.map((part) => filledIn(part, by));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, filledIn(part, by)]));
}

it('refuses a list that is known only at the apply among others, which would be lost', () => {
  const [Made, right] = RIGHT.ApiService!;
  const stack = stackIn();
  const props = right(stack) as { memberOf: string[] };
  const list = laterIn(stack, []) as string[];
  const spread = () => new Made(stack, 'spread', { ...props, memberOf: ['sg-1a', ...list] } as never);
  expect(spread).toThrow(
    /memberOf: received a list that is known only at the apply among other items; expected `Fn.concat/,
  );
  const joined = Token.asList(Fn.concat([['sg-1a'], list]));
  expect(() => new Made(stack, 'joined', { ...props, memberOf: joined } as never)).not.toThrow();
});
