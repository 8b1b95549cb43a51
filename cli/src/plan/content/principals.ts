/** Who is let in, and with what rights, in the words of clouds, clusters and Vault. */
import type { Remark } from '../grade';
import { builtInPower, isAdministrative, isAdministrativeRole } from './administrators';
import type { Leaf } from './leaves';

/** Everybody, by name. */
const EVERYBODY =
  /^(allUsers|allAuthenticatedUsers|system:(unauthenticated|authenticated|anonymous)|system:serviceaccounts|http:\/\/acs\.amazonaws\.com\/groups\/global\/(AllUsers|AuthenticatedUsers)|uri="http.*(AllUsers|AuthenticatedUsers)"|all|Everyone|AllUsers)$/;

/** Fields that say whom, or what, is let in: `*` there is everybody. */
const ADMITS =
  /(^|_)(principals?|members?|allowed|bound|trusted|accepted|permitted|origins?|domains?|audiences?|users?|groups?|accounts?|identifiers|namespaces|service_account_names|roles?|hosts?|grantee|subjects?|services|actions|verbs|resources|permissions|scopes|repositories|branches)(_|$)/;

const ROLES =
  /(^|_)(role|roles|role_name|role_definition_name|role_definition_id|role_arns?|role_id|name|groups?|managed_policy_arns|policy_arns?|policies|permissions_set|cluster_role|iam_role_arn|group)$/;

/** Fields that hand rights to an account or a person outside. */
const SHARES =
  /(^|_)(principals?|principal_arn|grantee\w*|shared_accounts?|trusted_accounts?|allowed_accounts?|aws_account_ids?|source_account|trusted_account_ids|account_ids|user_ids)$/;
const SHARING_KINDS = /permission|share|ram_|grant|launch|_access|cross_account/;

/** Undefined where nothing is known of the field or of its value. */
export function judgePrincipal(type: string, { path, name, value }: Leaf): Remark | undefined {
  if (typeof value !== 'string') return undefined;
  if (isEverybody(value)) return { grade: 'danger', sentence: `${path}: everybody (${value})` };
  if (/^Microsoft\.Authorization\/(\*|.*\bwrite$)/i.test(value))
    return { grade: 'danger', sentence: `${path}: may decide who may` };
  if (textsInJson(value).some((text) => isEverybody(text) || isAdministrative(text)))
    return { grade: 'danger', sentence: `${path}: everybody, or somebody who may do anything` };
  if (/(^|\.)access_config(\.|$)/.test(path))
    return { grade: 'danger', sentence: `${path}: has a public address` };
  if (/^\*$|^(AWS|arn):\*$/.test(value) && ADMITS.test(name))
    return { grade: 'danger', sentence: `${path}: everybody, or everything` };
  if (/^(allowed|bound|trusted)_/.test(name) && /[*]/.test(value))
    return { grade: 'danger', sentence: `${path}: whatever fits a pattern` };
  if (/(^|_)policies$/.test(name) && /^root$|admin|\*/i.test(value))
    return { grade: 'danger', sentence: `${path}: gains one that may do anything, by its name` };
  if (/^(permissions|included_permissions)$/.test(name) && /setIamPolicy$|^iam\./i.test(value)) {
    return { grade: 'danger', sentence: `${path}: may decide who may` };
  }
  if (name.endsWith('scopes') && /\/auth\/cloud-platform$|^cloud-platform$/.test(value)) {
    return { grade: 'danger', sentence: `${path}: everything that its account may` };
  }
  const power = builtInPower(value);
  const isRole = ROLES.test(name) && inRole(type, path, name) && isAdministrativeRole(value);
  if (power !== undefined || isAdministrative(value) || isRole) {
    return {
      grade: 'danger',
      sentence: `${path}${power === undefined ? '' : ` ${power}`}: may do anything, or decide who may`,
    };
  }
  const account = /^(?:arn:[\w-]*:iam::)?(\d{12})(?::|$)/.exec(value)?.[1];
  if (
    account !== undefined &&
    (SHARES.test(name) || (/^account_id$/.test(name) && SHARING_KINDS.test(type)))
  ) {
    return { grade: 'danger', sentence: `${path}: lets in account ${account}` };
  }
  return undefined;
}

/** Everybody, by a name that means nothing else. */
const isEverybody = (text: string): boolean => EVERYBODY.test(text) && !/^(all|everyone)$/i.test(text);

/** The texts of an object that is given as JSON, as Google's policies are. */
function textsInJson(value: string): string[] {
  return /^\s*\{/.test(value) ? [...value.matchAll(/"([^"\\]*)"/g)].map(([, text = '']) => text) : [];
}

/** `name` is a role's in a reference to one alone. */
function inRole(type: string, path: string, name: string): boolean {
  if (name === 'name')
    return /role_?ref|role_binding|subject/i.test(`${path}.`) || /(^|_)role_binding$/.test(type);
  if (name === 'group' || name === 'groups') return /member|binding|role|access/.test(type);
  return true;
}

/** Lists that admit callers, of which a value that goes lets in more: a binding that is dropped. */
export function lostBinding({ path, name }: Leaf, left: number): Remark | undefined {
  if (
    /^(bound_|required_|token_bound|secret_id_bound)/.test(name) ||
    /\.?(bound_claims|condition|conditions|required_\w+)\./.test(`.${path}.`)
  ) {
    return left === 0 ? { grade: 'danger', sentence: `is no longer bound by ${path}` } : undefined;
  }
  if (/(^|_)authorized_(networks|ip_ranges)|api_server_access_profile|^allowed_common_names/.test(path))
    return left === 0 ? { grade: 'danger', sentence: `is no longer bound by ${path}` } : undefined;
  return undefined;
}

/** Of what is excluded from a protection, one more is one protected less. */
export function judgeExclusion({ path, name, value }: Leaf): Remark | undefined {
  return /^(exclude|excludes|excluded\w*|exclusions?|exempt\w*|ignored?|skip|bypass\w*|\w+_bypassers|restrictions_bypass|except\w*|suppress\w*|not_actions|ip_exempt)$/.test(
    name,
  ) && value !== ''
    ? { grade: 'danger', sentence: `${path}: one more is excepted` }
    : undefined;
}
