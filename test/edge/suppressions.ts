import type { Finding } from './checkov';

/** A rule of checkov that resources of one type do not follow, and why. */
export interface Suppression {
  readonly rule: string;
  readonly type: string;
  readonly reason: string;
  /** Where alone it may be broken. @default in every environment */
  readonly environment?: string;
}

/** Every rule that some stack does not follow. */
export const SUPPRESSIONS: readonly Suppression[] = [
  {
    rule: 'CKV_AWS_338',
    type: 'aws_cloudwatch_log_group',
    environment: 'dev',
    reason: 'logs of development are about nobody: thirty days are enough to find a mistake',
  },
  {
    rule: 'CKV2_AWS_34',
    type: 'aws_ssm_parameter',
    reason: 'they say where things are, and no secret: encrypted, every reader would need a key',
  },
  {
    rule: 'CKV2_AWS_5',
    type: 'aws_security_group',
    reason: 'its members are made by another stack of the environment: tasks, or interfaces of the gateway',
  },
  {
    rule: 'CKV_AWS_150',
    type: 'aws_lb',
    reason:
      'it keeps nothing, and a plan that deletes it is reviewed as such; protected, each replacement of it would stop half done',
  },
  {
    rule: 'CKV_AWS_91',
    type: 'aws_lb',
    reason:
      'only the gateway comes through it: the access log of the gateway and the log of the app hold each request, and who sent it',
  },
  {
    rule: 'CKV_AWS_309',
    type: 'aws_apigatewayv2_route',
    reason: 'those that the policy calls public, which what is applied is compared with, route by route',
  },
  {
    rule: 'CKV_AWS_59',
    type: 'aws_api_gateway_method',
    reason: 'those that the policy calls public, which what is applied is compared with, method by method',
  },
  {
    rule: 'CKV_AWS_120',
    type: 'aws_api_gateway_stage',
    reason: 'answers are about one caller: a cache of the gateway would give them to the next',
  },
  {
    rule: 'CKV_AWS_225',
    type: 'aws_api_gateway_method_settings',
    reason: 'answers are about one caller: a cache of the gateway would give them to the next',
  },
  {
    rule: 'CKV2_AWS_51',
    type: 'aws_api_gateway_stage',
    reason:
      'a certificate that the gateway would show to the load balancer, which asks for none: only its link leads there',
  },
  {
    rule: 'CKV2_AWS_77',
    type: 'aws_api_gateway_stage',
    reason:
      'the list for Log4j is there; the rule also wants the one of anonymous addresses, which shuts out clients that run at a cloud',
  },
  {
    rule: 'CKV_AWS_116',
    type: 'aws_lambda_function',
    reason: 'a gateway waits for its answer: nothing is queued that could be lost',
  },
  {
    rule: 'CKV_AWS_117',
    type: 'aws_lambda_function',
    reason: 'it asks the issuer, on the internet, for keys, and nothing inside: it has no business there',
  },
  {
    rule: 'CKV_AWS_272',
    type: 'aws_lambda_function',
    reason:
      'its code is bundled from the reviewed sources when they are synthesized, and a plan names it by its hash',
  },
];

/** Those that are about an environment. */
export function suppressionsOf(environment: string): readonly Suppression[] {
  return SUPPRESSIONS.filter((one) => one.environment === undefined || one.environment === environment);
}

export function isAbout({ rule, type }: Suppression, finding: Finding): boolean {
  return finding.rule === rule && typeOf(finding) === type;
}

export function typeOf({ resource }: Finding): string {
  return resource.split('.')[0] ?? '';
}
