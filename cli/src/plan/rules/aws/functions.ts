/** Lambda functions, and who may call them. */
import { allowance, changed, harmless, mustBe, ofChanges, reviewed, type Judge } from '../attribute-judges';
import { isEverything } from '../../content/iam/power';
import { isNothing, show } from '../../values';
import { named, type Rule } from '../rule';
import { IDENTITY } from './common';

const otherCode = (name: string): Judge =>
  ofChanges(() => ({ grade: 'notice', sentence: `has other code (${name})` }));

export const lambda: Rule = {
  types: ['aws_lambda_function'],
  noun: named('function', 'function_name'),
  destroyed: { grade: 'danger', loses: 'what calls it fails' },
  attributes: {
    ...IDENTITY,
    function_name: harmless,
    // Any of them can change alone: the provider uploads again what it is given by another name.
    ...Object.fromEntries(
      ['filename', 'source_code_hash', 'image_uri', 's3_bucket', 's3_key', 's3_object_version'].map(
        (name) => [name, otherCode(name)],
      ),
    ),
    handler: reviewed('entry'),
    source_code_size: harmless,
    code_sha256: harmless,
    last_modified: harmless,
    version: harmless,
    invoke_arn: harmless,
    qualified_arn: harmless,
    qualified_invoke_arn: harmless,
    response_streaming_invoke_arn: harmless,
    role: reviewed('role'),
    runtime: reviewed('runtime'),
    environment: changed('environment'),
    layers: allowance('layers'),
    kms_key_arn: reviewed('key'),
    vpc_config: (before, after) =>
      !isNothing(before) && isNothing(after)
        ? { grade: 'danger', sentence: 'leaves its network' }
        : reviewed('network')(before, after),
  },
};

/** A URL at which a function can be called past the gateway. */
export const functionUrl: Rule = {
  types: ['aws_lambda_function_url'],
  noun: named('URL of function', 'function_name'),
  attributes: {
    function_name: harmless,
    invoke_mode: harmless,
    authorization_type: mustBe('AWS_IAM', 'asks who calls', 'asks nobody who calls'),
  },
};

export const lambdaPermission: Rule = {
  types: ['aws_lambda_permission'],
  noun: named('permission to call', 'function_name'),
  destroyed: { grade: 'notice', loses: 'nobody calls it any more' },
  attributes: {
    action: (before, after) =>
      /[*?]/.test(show(after))
        ? { grade: 'danger', sentence: 'may do more than call it' }
        : reviewed('action')(before, after),
    function_name: harmless,
    statement_id: harmless,
    principal: (before, after) => {
      if (/[*?]/.test(show(after))) return { grade: 'danger', sentence: 'anyone may call it' };
      const account = /^(?:arn:[\w-]*:(?:iam|sts)::)?(\d{12})(?::|$)/.exec(show(after))?.[1];
      return account === undefined
        ? reviewed('caller')(before, after)
        : { grade: 'danger', sentence: `account ${account} may call it` };
    },
    source_arn: (before, after) =>
      isNothing(after) || isEverything(show(after))
        ? { grade: 'danger', sentence: 'whoever uses that service may call it, of any account' }
        : reviewed('source')(before, after),
  },
};
