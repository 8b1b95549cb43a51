/** API Gateway: HTTP APIs (`aws_apigatewayv2_*`) and REST APIs (`aws_api_gateway_*`). */
import type { Change } from '../../change';
import type { Remark } from '../../grade';
import { compareDocuments } from '../../content/iam/compare';
import { hasUnknown, isNothing, numberOf, same, show, type Value } from '../../values';
import { blockOf, blocksOf, type Block } from '../../blocks';
import { IDENTITY, kept, keptLog, tlsPolicy } from './common';
import {
  allowance,
  changed,
  harmless,
  itemsOf,
  lifetime,
  mustBe,
  ofChanges,
  reviewed,
  trusted,
  type Judge,
} from '../attribute-judges';
import { named, type Rule } from '../rule';

const authorization = {
  authorization: harmless,
  authorization_type: harmless,
  authorization_scopes: harmless,
  // access() remarks on an authorizer that is removed.
  authorizer_id: ofChanges((before, after) =>
    isNothing(after) || isNothing(before)
      ? undefined
      : { grade: 'danger', sentence: `is authorized by another: ${show(before)} → ${show(after)}` },
  ),
  api_key_required: ofChanges((before, after) =>
    before === true && after !== true
      ? { grade: 'danger', sentence: 'asks for no API key any more' }
      : after === true
        ? { grade: 'notice', sentence: 'asks for an API key' }
        : undefined,
  ),
};

export const gatewayRoute: Rule = {
  types: ['aws_apigatewayv2_route'],
  noun: named('gateway route', 'route_key'),
  attributes: {
    ...authorization,
    api_id: harmless,
    route_key: reviewed('key'),
    target: reviewed('target'),
  },
  remarks: ({ before, after, action }) =>
    action === 'delete'
      ? []
      : access(kindOf(before.authorization_type), kindOf(after.authorization_type), { before, after }),
};

export const gatewayMethod: Rule = {
  types: ['aws_api_gateway_method'],
  noun: ({ address }) => `gateway method ${address.replace(/^.*aws_api_gateway_method\./, '')}`,
  attributes: {
    ...authorization,
    rest_api_id: harmless,
    resource_id: harmless,
    http_method: reviewed('method'),
    request_validator_id: kept('request validator', 'takes bodies and parameters of any shape'),
    request_models: ofChanges((before, after) =>
      isNothing(after)
        ? { grade: 'danger', sentence: 'takes bodies of any shape' }
        : reviewed('schemas of bodies')(before, after),
    ),
    request_parameters: reviewed('parameters'),
  },
  remarks: ({ before, after, action }) => {
    if (action === 'delete') return [];
    const remarks = access(kindOf(before.authorization), kindOf(after.authorization), { before, after });
    if (after.http_method !== 'OPTIONS') return remarks;
    // Browsers ask with it, without a token, whether a page may call: the policy's record says whose pages.
    return remarks.map(({ sentence }) => ({ grade: 'notice', sentence }));
  },
};

/** What authorizes a request; undefined where the plan does not say. */
const kindOf = (value: Value | undefined): string | undefined =>
  value === undefined ? undefined : isNothing(value) ? 'NONE' : show(value);

function access(
  was: string | undefined,
  will: string | undefined,
  { before, after }: Pick<Change, 'before' | 'after'>,
): Remark[] {
  if (will === undefined || will === 'NONE') {
    const open =
      was === undefined ? 'is public: no token is asked for' : 'authorizer removed: no token is asked for';
    return was === 'NONE' ? [] : [{ grade: 'danger', sentence: open }];
  }
  const changed: Remark[] =
    was === undefined || was === will
      ? []
      : [{ grade: 'notice', sentence: `authorized by ${will} instead of ${was}` }];
  if (will !== 'AWS_IAM' && !isNothing(before.authorizer_id) && isNothing(after.authorizer_id)) {
    return [{ grade: 'danger', sentence: 'authorizer removed' }];
  }
  return SCOPED.has(will)
    ? [...changed, ...scopes(before.authorization_scopes, after.authorization_scopes, was)]
    : changed;
}

/** Who looks at the scopes of a token. */
const SCOPED: ReadonlySet<string | undefined> = new Set(['JWT', 'COGNITO_USER_POOLS']);

/** A JWT authorizer admits a token with any one of a route's scopes: one more admits more tokens, none admits all. */
function scopes(before: Value | undefined, after: Value | undefined, was: string | undefined): Remark[] {
  if (hasUnknown(after)) return [{ grade: 'unknown', sentence: 'its scopes are known only after the apply' }];
  if (isNothing(after)) {
    return SCOPED.has(was) && isNothing(before)
      ? []
      : [{ grade: 'danger', sentence: 'has no scope: any token gets in' }];
  }
  const remark = allowance('scopes of which a token needs one:')(
    SCOPED.has(was) ? (before ?? null) : undefined,
    after,
  );
  return remark ? [remark] : [];
}

export const gatewayAuthorizer: Rule = {
  types: ['aws_apigatewayv2_authorizer', 'aws_api_gateway_authorizer'],
  noun: named('gateway authorizer', 'name'),
  destroyed: { grade: 'danger', loses: 'authorizer removed, nothing checks the tokens of its routes' },
  attributes: {
    api_id: harmless,
    rest_api_id: harmless,
    name: harmless,
    authorizer_type: decided('type'),
    type: decided('type'),
    authorizer_uri: decided('function'),
    authorizer_credentials: reviewed('role'),
    authorizer_credentials_arn: reviewed('role'),
    authorizer_payload_format_version: reviewed('payload'),
    authorizer_result_ttl_in_seconds: lifetime('time for which an answer is kept', 'none'),
    enable_simple_responses: harmless,
    identity_source: keptBy(),
    identity_sources: keptBy(),
    identity_validation_expression: reviewed('form of a token'),
    provider_arns: allowance('user pools that it trusts'),
    jwt_configuration: harmless,
  },
  remarks: ({ before, after, action }) => {
    const [was, will] = [blockOf(before.jwt_configuration), blockOf(after.jwt_configuration)];
    if (action === 'delete' || isNothing(after.jwt_configuration)) return [];
    const isNew = isNothing(before.jwt_configuration);
    const judged = [
      was.issuer !== will.issuer && trusted('issuer')(isNew ? undefined : was.issuer, will.issuer),
      show(was.audience) !== show(will.audience) &&
        allowance('audiences that it takes', { empty: 'any' })(
          isNew ? undefined : (was.audience ?? null),
          will.audience,
        ),
    ];
    return judged.filter((remark) => remark !== false && remark !== undefined);
  },
};

function decided(label: string): Judge {
  return ofChanges((before, after) => ({
    grade: 'danger',
    sentence: `another ${label} decides: ${show(before)} → ${show(after)}`,
  }));
}

/** Where one of them goes, an answer counts for callers who differ in it. */
function keptBy(): Judge {
  const sources = (value: Value | undefined): string[] =>
    itemsOf(value).flatMap((item) => item.split(/\s*,\s*/));
  return ofChanges((before, after) => {
    const lost = sources(before).filter((source) => !sources(after).includes(source));
    const remark = reviewed('what an answer is kept by')(before, after);
    return remark && lost.length > 0 ? { ...remark, grade: 'danger' } : remark;
  });
}

/** Blocks of rates: a higher one, or one that goes, admits more. */
function throttled(label: string): Judge {
  return ofChanges((before, after) => {
    if (!isNothing(before) && isNothing(after))
      return { grade: 'danger', sentence: `${label}: there are none any more` };
    const [was, will] = [byRoute(before), byRoute(after)];
    const raised = [...new Set([...was.keys(), ...will.keys()])].some((route) =>
      RATES.some((name) => rateOf(will.get(route), name) > rateOf(was.get(route), name)),
    );
    const remark = reviewed(label)(before, after);
    return remark && raised ? { ...remark, grade: 'danger' } : remark;
  });
}

const RATES = ['throttling_rate_limit', 'throttling_burst_limit'];

const byRoute = (value: Value | undefined): Map<string, Block> =>
  new Map(blocksOf(value).map((block) => [show(block.route_key), block]));

/** In calls a second. Without one, that of the account counts. */
function rateOf(block: Block | undefined, name: string): number {
  const rate = numberOf(block?.[name]);
  return rate > 0 ? rate : Infinity;
}

export const gatewayStage: Rule = {
  types: ['aws_apigatewayv2_stage', 'aws_api_gateway_stage'],
  noun: named('gateway stage', 'name', 'stage_name'),
  destroyed: { grade: 'danger', loses: 'nobody reaches the API through it' },
  attributes: {
    ...IDENTITY,
    api_id: harmless,
    rest_api_id: harmless,
    name: harmless,
    stage_name: harmless,
    auto_deploy: harmless,
    deployment_id: harmless,
    execution_arn: harmless,
    invoke_url: harmless,
    web_acl_arn: harmless,
    access_log_settings: keptLog('access log', 'destination_arn'),
    default_route_settings: throttled('throttles'),
    route_settings: throttled('throttles of routes'),
    xray_tracing_enabled: reviewed('tracing'),
    variables: changed('variables'),
  },
};

export const gatewayApi: Rule = {
  types: ['aws_apigatewayv2_api', 'aws_api_gateway_rest_api'],
  noun: named('gateway', 'name'),
  destroyed: { grade: 'danger', loses: 'nobody reaches the API any more' },
  attributes: {
    ...IDENTITY,
    name: harmless,
    protocol_type: harmless,
    api_endpoint: harmless,
    execution_arn: harmless,
    root_resource_id: harmless,
    created_date: harmless,
    disable_execute_api_endpoint: mustBe(
      true,
      'is reached by its domain alone',
      'can be reached beside its domain: past its firewall and its TLS policy',
    ),
    policy: harmless,
    cors_configuration: harmless,
  },
  remarks: ({ before, after, action }) => {
    if (action === 'delete') return [];
    const [was, will] = [before, after].map(({ cors_configuration }) => blockOf(cors_configuration));
    const remark = allowance('origins whose pages may call it')(was?.allow_origins, will?.allow_origins);
    const cookies: Remark[] =
      will?.allow_credentials === true && was?.allow_credentials !== true
        ? [{ grade: 'danger', sentence: 'browsers send cookies along to pages of other origins' }]
        : [];
    const quiet: Remark[] =
      !remark && cookies.length === 0 && !same(before.cors_configuration, after.cors_configuration)
        ? [{ grade: 'notice', sentence: 'what pages of other origins may send changes' }]
        : [];
    return [...(remark ? [remark] : []), ...cookies, ...quiet, ...whoMayCall(before.policy, after.policy)];
  },
};

/** The policy of an API itself. It is known only after the apply where it names the API's own address. */
function whoMayCall(before: Value | undefined, after: Value | undefined): Remark[] {
  return compareDocuments(before, after).map(({ grade, sentence }) => ({
    grade,
    sentence: `who may call it: ${sentence}`,
  }));
}

export const gatewayDomain: Rule = {
  types: ['aws_apigatewayv2_domain_name', 'aws_api_gateway_domain_name'],
  noun: named('gateway domain', 'domain_name'),
  destroyed: { grade: 'danger', loses: 'nobody reaches the API by this name' },
  attributes: {
    ...IDENTITY,
    domain_name: harmless,
    domain_name_configuration: harmless,
    security_policy: harmless,
    mutual_tls_authentication: ofChanges((before, after) => {
      if (isNothing(after)) return { grade: 'danger', sentence: 'asks clients for no certificate any more' };
      return isNothing(before)
        ? { grade: 'notice', sentence: 'asks clients for a certificate' }
        : { grade: 'danger', sentence: 'takes other certificates of clients' };
    }),
  },
  remarks: ({ before, after, action }) => {
    if (action === 'delete') return [];
    const policyOf = ({
      security_policy: own,
      domain_name_configuration: block,
    }: Change['after']): Value | undefined => own ?? blockOf(block).security_policy;
    const [was, will] = [policyOf(before), policyOf(after)];
    if (hasUnknown(will))
      return [{ grade: 'unknown', sentence: 'its TLS policy is known only after the apply' }];
    if (was !== will) return [tlsPolicy(was, will ?? null)].filter((remark) => remark !== undefined);
    const stays = same(before.domain_name_configuration, after.domain_name_configuration);
    return action === 'create' || stays
      ? []
      : [{ grade: 'notice', sentence: 'has another certificate or endpoint' }];
  },
};
