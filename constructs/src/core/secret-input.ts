/**
 * How a secret value enters a stack that does not store it.
 *
 * A literal given to a write-only argument still lands in `cdk.tf.json`. So a construct never takes a string: it takes
 * a {@link SecretInput}, which holds an expression alone. The value is an ephemeral variable (in no state, in no plan)
 * whose default is null, so that plans, and applies that do not write the secret, need no value. The engine writes the
 * secret when its *version*, a whole number, is raised.
 *
 * Whether a value is missing can be known only when the secret is about to be written. So each input has a *gate*: a
 * `terraform_data` that holds the version, and that the writing resource depends on. Without a value, creating the
 * gate, or updating it to a raised version, fails and says which variable is missing. Nothing is written then, and the
 * gate stays as it was. The next apply fails in the same way, until the value is given or the version is lowered again.
 *
 * https://opentofu.org/docs/language/ephemerality/write-only-attributes/
 */
import { Fn, TerraformResource, TerraformStack, TerraformVariable, Token, ref } from 'cdktf';
import type { Problem } from '@portcullis/runtime/policy';
import { Construct } from 'constructs';
import { each, isList, shown, unlike, within } from './props/checks';
import { isLater, known } from './props/later';
import { ConstructError, refuseProps } from './props/errors';
import { failAtApply } from './fail-at-apply';
import { knownAs } from './naming/identity';
import { literal } from './props/literal';

/** Properties of {@link SecretVariable}. */
export interface SecretVariableProps {
  /** Name of the variable; its value is given as `TF_VAR_<name>`. */
  readonly name: string;
  /** What the value is: shown to whoever has to give it. */
  readonly description: string;
  /** A whole number above zero. Raise it to write a new value. */
  readonly version: number;
  /** Names of the fields, where the value is an object of strings. @default the value is one string */
  readonly fields?: readonly string[];
  /** How many characters fields have at least. With fewer nothing is written: the apply fails. @default none is checked */
  readonly leastLengths?: Readonly<Record<string, number>>;
}

/** Under this key a secret input says which expression it was made with. Copies of this package share it. */
const MADE_WITH: unique symbol = Symbol.for('portcullis.made-with') as never;

/**
 * The expression of a secret, and its version. Made by {@link SecretVariable} or {@link secretReference}, and by nothing
 * else: an object that looks like one does not compile, and constructs refuse it.
 */
export interface SecretInput {
  readonly [MADE_WITH]: string;
  /** Expression of the value. It is ephemeral, and null or a placeholder while no value is given. */
  readonly expression: string;
  /** A whole number above zero. Raised, the value is written again. */
  readonly version: number;
  /** Resources that must exist before the value may be written. */
  readonly gates: readonly TerraformResource[];
  /** Expression of the text `given`. Without a value it fails at the apply, and says which variable is missing. */
  readonly required: string;
}

/**
 * A secret that is given at deploy as the environment variable `TF_VAR_<name>`, and kept nowhere. It provisions an
 * ephemeral input variable and its gate.
 *
 * https://opentofu.org/docs/language/values/variables/
 *
 * @example
 * const password = new SecretVariable(this, 'admin-password', {
 *   name: 'postgres_admin_password',
 *   description: 'Password of vault_admin',
 *   version: 1,
 * });
 */
export class SecretVariable extends Construct implements SecretInput {
  readonly [MADE_WITH]: string;
  readonly expression: string;
  readonly version: number;
  readonly gates: readonly TerraformResource[];
  readonly required: string;

  /** @throws ConstructError `ERR_PROPS` with all problems at once. */
  constructor(scope: Construct, id: string, props: SecretVariableProps) {
    super(scope, id);
    refuseProps(this, variableProblems(this, props));
    this.version = props.version;
    const variable = declareVariable(this, props);
    variable.addOverride('ephemeral', true);
    this.gates = [gate(this, props)];
    this.required = Token.asString(ref(`(${requirement(props)})`));
    this.expression = props.fields
      ? `\${var.${props.name} == null ? "no value given" : jsonencode(var.${props.name})}`
      : `\${var.${props.name}}`;
    this[MADE_WITH] = this.expression;
  }
}

/**
 * A password that is valid until Vault replaces it, for arguments that have no write-only twin. Unlike the value of a
 * {@link SecretVariable} it *is* in the state. So it must be dead after the apply: a construct that takes one has Vault
 * replace it. It provisions a sensitive input variable and its gate.
 *
 * https://opentofu.org/docs/language/values/variables/
 *
 * @example
 * const password = new ThrowawayPassword(this, 'redis-password', {
 *   name: 'redis_bootstrap_password',
 *   description: 'Password of vault_admin',
 *   version: 1,
 * });
 */
export class ThrowawayPassword extends Construct {
  readonly [MADE_WITH]: string;
  /** Expression of the value, or of a placeholder while no value is given. */
  readonly expression: string;
  /** The gate. It is updated when the version is raised. */
  readonly gate: TerraformResource;
  /** Expression of the text `given`. Without a value it fails at the apply, and says which variable is missing. */
  readonly required: string;

  /** @throws ConstructError `ERR_PROPS` with all problems at once. */
  constructor(scope: Construct, id: string, props: Omit<SecretVariableProps, 'fields' | 'leastLengths'>) {
    super(scope, id);
    refuseProps(this, variableProblems(this, props));
    const variable = declareVariable(this, props);
    variable.addOverride('sensitive', true);
    this.gate = gate(this, props);
    this.required = Token.asString(ref(`(${requirement(props)})`));
    this.expression = Token.asString(Fn.coalesce([variable.stringValue, 'rotated away']));
    this[MADE_WITH] = this.expression;
  }
}

const STEP = String.raw`(\.[A-Za-z_][\w-]*|\[\d+\]|\["[\w.@/ -]+"\])`;
const EPHEMERAL = String.raw`ephemeral${STEP}+`;

/** A part of an ephemeral resource, or of the JSON that a part of one holds. */
const REFERENCE = new RegExp(String.raw`^\$\{(${EPHEMERAL}|jsondecode\(${EPHEMERAL}\)${STEP}*)\}$`);

/**
 * A secret that another part of the stack produces at the apply.
 *
 * @example
 * const password = secretReference(this, '${jsondecode(ephemeral.vault_kv_secret_v2.admin.data_json).password}', 1);
 *
 * @param expression a reference to an ephemeral resource, as in `${ephemeral.vault_kv_secret_v2.admin.data_json}`, or to a
 *   field of its JSON, as in the example.
 * @throws ConstructError `ERR_SECRET_LITERAL` when it is anything else: a literal would end in `cdk.tf.json`, and
 *   an attribute of a managed resource or data source is in the state already.
 */
export function secretReference(scope: Construct, expression: string, version: number): SecretInput {
  // A string, because cdktf 0.21 has no bindings of ephemeral resources: no token can refer to one.
  if (!REFERENCE.test(expression)) {
    throw new ConstructError(
      'ERR_SECRET_LITERAL',
      scope,
      'received a literal or a stored attribute for a secret, which would be kept in cdk.tf.json or the state; give a SecretVariable, a reference ${ephemeral.<type>.<name>.<attribute>}, or a field of one, ${jsondecode(ephemeral.<type>.<name>.<attribute>).<field>}',
    );
  }
  refuseProps(scope, versionProblems(version));
  return {
    [MADE_WITH]: expression,
    expression,
    version,
    gates: [],
    required: 'given',
  };
}

/**
 * The problem of what is no secret input of this stack. It is never shown: a string there may be the secret itself.
 *
 * @param scope the construct that was given it.
 */
export function secretProblems(path: string, input: SecretInput, scope: Construct): Problem[] {
  const right = isMade(input) && 'gates' in input;
  return right
    ? elsewhereProblems(path, input.gates, scope)
    : [{ path, message: `received ${kindOf(input)}; expected a SecretVariable or a secretReference()` }];
}

/** The problem of what is no throwaway password. */
export function throwawayProblems(path: string, input: ThrowawayPassword, scope: Construct): Problem[] {
  const right = isMade(input) && 'gate' in input;
  return right
    ? elsewhereProblems(path, [input.gate], scope)
    : [{ path, message: `received ${kindOf(input)}; expected a ThrowawayPassword` }];
}

/** A variable and its gate are of one stack: no other can refer to them, nor depend on them. */
function elsewhereProblems(path: string, gates: readonly TerraformResource[], scope: Construct): Problem[] {
  const here = TerraformStack.of(scope);
  const elsewhere = gates.map((one) => TerraformStack.of(one)).find((stack) => stack !== here);
  if (!elsewhere) return [];
  const message = `received a secret of the stack ${elsewhere.node.path}; expected one that is made in ${here.node.path}`;
  return [{ path, message }];
}

/** A copy with another expression, which might be a literal, is not what was made. */
function isMade(input: unknown): input is { readonly expression: string } {
  if (typeof input !== 'object' || input === null) return false;
  const { [MADE_WITH]: made, expression } = input as Partial<SecretInput>;
  return made !== undefined && made === expression;
}

function kindOf(input: unknown): string {
  if (input === undefined || input === null) return 'nothing';
  return typeof input === 'object'
    ? 'an object that was not made as a secret'
    : `a ${typeof input}, which is not shown`;
}

function declareVariable(scope: Construct, props: SecretVariableProps): TerraformVariable {
  const { name, description, fields } = props;
  const type = fields ? `object({${fields.map((field) => `${field} = string`).join(', ')}})` : 'string';
  const variable = new TerraformVariable(scope, 'value', {
    type,
    description: literal(description),
    nullable: true,
  });
  variable.overrideLogicalId(name);
  variable.addOverride('default', null);
  return variable;
}

function gate(scope: Construct, props: SecretVariableProps): TerraformResource {
  // Not cdktf's DataResource: each of those runs the engine at synth, just to ask for its version.
  knownAs(scope, props.name);
  const given = new TerraformResource(scope, 'given', { terraformResourceType: 'terraform_data' });
  given.addOverride('input', { version: props.version, value: `\${${requirement(props)}}` });
  // What was given once counts as given until the version changes.
  given.addOverride('lifecycle.ignore_changes', ['input.value']);
  return given;
}

/** "given", or a failure at the apply. The digest of a plan knows this expression (cli/src/plan/digest). */
function requirement({ name, version, leastLengths = {} }: SecretVariableProps): string {
  // can() tells whether there is a value. Its result is not ephemeral, so that it may be stored.
  const isGiven = `can(regex("given", var.${name} == null ? "" : "given"))`;
  const missing = `no value for the secret ${name}, version ${version}: set the environment variable TF_VAR_${name} and deploy again`;
  // No validation of the variable: that fails the plan, whose last lines `cdktf deploy` does not show.
  const tooShort = Object.entries(leastLengths).map(([field, least]) => {
    const isLong = `can(regex("long", var.${name} == null ? "long" : length(var.${name}.${field}) < ${least} ? "" : "long"))`;
    const short = `${field} of the secret ${name} has fewer than ${least} characters: give a longer one in TF_VAR_${name} and deploy again`;
    return `!${isLong} ? ${failAtApply(short)} : `;
  });
  return `${tooShort.join('')}${isGiven} ? "given" : ${failAtApply(missing)}`;
}

/** Names of variables and of fields, which stand in expressions. */
const NAME = /^[a-z_][a-z0-9_]*$/;
const NAMED = 'lower-case letters, digits and "_"';

/** Everything that is wrong with a secret's variable. */
function variableProblems(scope: Construct, props: SecretVariableProps): Problem[] {
  const { name, description, version, fields, leastLengths } = props;
  const repeated = isList(fields)
    ? (fields ?? []).filter((field, index, all) => all.indexOf(field) < index)
    : [];
  return [
    ...known('name', name, 'the variable is called by it'),
    ...known('fields', fields, "they are the variable's type"),
    ...known('description', description, 'a variable refers to nothing'),
    ...known('leastLengths', leastLengths, 'a variable is checked by numbers'),
    ...unlike('name', name, NAME, NAMED),
    ...unlike('description', description, /\S/, 'what the value is'),
    ...takenProblems(scope, name),
    ...(fields?.length === 0
      ? [{ path: 'fields', message: 'received an empty list; expected names, or no list' }]
      : []),
    ...each('fields', fields ?? [], (field, path) => unlike(path, field, NAME, NAMED)),
    ...repeated.map((field) => ({
      path: 'fields',
      message: `received ${shown(field)} twice; expected it once`,
    })),
    ...(leastLengths === undefined
      ? []
      : within('leastLengths', leastLengths, (lengths) =>
          Object.entries(lengths).flatMap(([field, least]) => lengthProblems(field, least, fields)),
        )),
    ...versionProblems(version),
  ];
}

function lengthProblems(field: string, least: number, fields: SecretVariableProps['fields']): Problem[] {
  const path = `leastLengths.${field}`;
  return [
    ...(fields?.includes(field) === true
      ? []
      : [{ path, message: 'received the length of no field; expected a name in `fields`' }]),
    ...(Number.isSafeInteger(least) && least > 0
      ? []
      : [{ path, message: `received ${shown(least)}; expected a whole number of characters above zero` }]),
  ];
}

/** Two variables of one name would be one, with the type and the gate of the later. */
function takenProblems(scope: Construct, name: string): Problem[] {
  const other = TerraformStack.of(scope)
    .node.findAll()
    .find((one) => one instanceof TerraformVariable && one.friendlyUniqueId === name);
  if (!other) return [];
  // The variable of a secret is inside the secret.
  const { path } = other.node.id === 'value' ? (other.node.scope ?? other).node : other.node;
  return [
    {
      path: 'name',
      message: `received ${shown(name)}, which ${path} has already; expected another name, or that construct itself`,
    },
  ];
}

function versionProblems(version: number): Problem[] {
  if (isLater(version)) return known('version', version, 'a missing value is told with it');
  if (Number.isSafeInteger(version) && version > 0) return [];
  const expected = 'a whole number above zero, which is raised to write a new value';
  return [{ path: 'version', message: `received ${shown(version)}; expected ${expected}` }];
}
