/**
 * How a secret value enters a stack without being stored by it.
 *
 * A literal given to a write-only argument still lands in `cdk.tf.json`. So a construct never takes a
 * string: it takes a {@link SecretInput}, which only holds an expression. Its value is an ephemeral
 * variable (in no state, in no plan) whose default is null, so that plans, and applies that do not write
 * the secret, need no value. What makes the engine write it is its integer *version*.
 *
 * That a value is missing can only be known when the secret is about to be written. So each input has a
 * *gate*: a `terraform_data` that holds the version, and that the writing resource depends on. Creating it, or
 * updating it to a raised version, without a value fails and says which variable is missing: nothing is written
 * then, the gate stays what it was, and the next apply fails the same way until the value is there or the version
 * is what it was.
 */
import { Fn, TerraformResource, TerraformVariable, Token } from 'cdktf';
import { Construct } from 'constructs';
import { ConstructError } from './errors';
import { failAtApply } from './fail-at-apply';

export interface SecretVariableProps {
  /** Name of the variable; its value is given as `TF_VAR_<name>`. */
  readonly name: string;
  /** What the value is, for whoever has to give it. */
  readonly description: string;
  /** Raise it to write a new value. A whole number above zero. */
  readonly version: number;
  /** Fields of the value when it is an object of strings. @default the value is one string */
  readonly fields?: readonly string[];
}

/** A secret by expression, with its version. Made by {@link SecretVariable} or {@link secretReference}. */
export interface SecretInput {
  /** Expression of the value; null or a placeholder while no value is given. Ephemeral. */
  readonly expression: string;
  readonly version: number;
  /** What must exist before the value may be written. */
  readonly gates: readonly TerraformResource[];
}

/** A secret given at deploy as an environment variable `TF_VAR_<name>`, and kept nowhere. */
export class SecretVariable extends Construct implements SecretInput {
  readonly expression: string;
  readonly version: number;
  readonly gates: readonly TerraformResource[];

  /** @throws ConstructError `ERR_SECRET_VERSION` when the version is not a whole number above zero. */
  constructor(scope: Construct, id: string, props: SecretVariableProps) {
    super(scope, id);
    this.version = wholeVersion(this, props.version);
    const variable = declareVariable(this, props);
    variable.addOverride('ephemeral', true);
    this.gates = [gate(this, props)];
    this.expression = props.fields
      ? `\${var.${props.name} == null ? "no value given" : jsonencode(var.${props.name})}`
      : `\${var.${props.name}}`;
  }
}

/**
 * A password that only lives until Vault replaces it, for the arguments that have no write-only twin.
 * Unlike {@link SecretVariable} its value *is* in the state, so it must be dead after the apply: whoever
 * takes one rotates it away.
 */
export class ThrowawayPassword extends Construct {
  /** Expression of the value; a placeholder while none is given. */
  readonly expression: string;
  /** The gate: updated when the version is raised. */
  readonly gate: TerraformResource;

  /** @throws ConstructError `ERR_SECRET_VERSION` when the version is not a whole number above zero. */
  constructor(scope: Construct, id: string, props: Omit<SecretVariableProps, 'fields'>) {
    super(scope, id);
    wholeVersion(this, props.version);
    const variable = declareVariable(this, props);
    variable.addOverride('sensitive', true);
    this.gate = gate(this, props);
    this.expression = Token.asString(Fn.coalesce([variable.stringValue, 'rotated away']));
  }
}

/**
 * A secret that another part of the stack produces while it is applied.
 *
 * @param expression a reference to an ephemeral resource, as in `${ephemeral.vault_kv_secret_v2.admin.data_json}`.
 * @throws ConstructError `ERR_SECRET_LITERAL` when it is anything else: a literal would end in `cdk.tf.json`, and
 *   an attribute of a managed resource or data source is in the state already.
 */
export function secretReference(scope: Construct, expression: string, version: number): SecretInput {
  // A string, for cdktf 0.21 has no bindings of ephemeral resources, so no token can be one.
  if (!/^\$\{ephemeral(\.[\w-]+|\[\d+\])+\}$/.test(expression)) {
    throw new ConstructError(
      'ERR_SECRET_LITERAL',
      scope,
      'received a literal or a stored attribute for a secret, which would be kept in cdk.tf.json or the state; give a SecretVariable or a reference ${ephemeral.<type>.<name>.<attribute>}',
    );
  }
  return { expression, version: wholeVersion(scope, version), gates: [] };
}

function declareVariable(scope: Construct, props: SecretVariableProps): TerraformVariable {
  const { name, description, fields } = props;
  for (const part of [name, ...(fields ?? [])]) refuseBadName(scope, part);
  const type = fields ? `object({${fields.map((field) => `${field} = string`).join(', ')}})` : 'string';
  const variable = new TerraformVariable(scope, 'value', { type, description, nullable: true });
  variable.overrideLogicalId(name);
  variable.addOverride('default', null);
  return variable;
}

function gate(scope: Construct, { name, version }: SecretVariableProps): TerraformResource {
  // Not cdktf's DataResource: each of those runs the engine at synth, just to ask for its version.
  const given = new TerraformResource(scope, 'given', { terraformResourceType: 'terraform_data' });
  // can() gives whether there is a value without being ephemeral itself, so that it may be stored.
  const isGiven = `can(regex("given", var.${name} == null ? "" : "given"))`;
  const missing = `no value for the secret ${name}, version ${version}: set the environment variable TF_VAR_${name} and deploy again`;
  given.addOverride('input', {
    version,
    value: `\${${isGiven} ? "given" : ${failAtApply(missing)}}`,
  });
  // What was given once stays so, until the version changes.
  given.addOverride('lifecycle.ignore_changes', ['input.value']);
  return given;
}

function refuseBadName(scope: Construct, name: string): void {
  if (/^[a-z_][a-z0-9_]*$/.test(name)) return;
  throw new ConstructError(
    'ERR_SECRET_NAME',
    scope,
    `received ${JSON.stringify(name)} as the name of a secret or of its field; give lower-case letters, digits and "_"`,
  );
}

function wholeVersion(scope: Construct, version: number): number {
  if (Number.isSafeInteger(version) && version > 0) return version;
  throw new ConstructError(
    'ERR_SECRET_VERSION',
    scope,
    `received ${version} as a secret's version; give a whole number above zero, and raise it to write a new value`,
  );
}
