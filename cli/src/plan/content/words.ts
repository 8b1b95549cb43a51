/** Fields that take one of several words, some of which protect nothing. */
import type { Remark } from '../grade';
import type { Leaf } from './leaves';

interface Words {
  readonly field: RegExp;
  readonly weak: RegExp;
  /** Words that are known to be right: any other stays unexplained. */
  readonly strong: RegExp;
  readonly says: string;
}

const WORDS: readonly Words[] = [
  {
    field: /^(acl|canned_acl|predefined_acl|default_acl|access_control)$/,
    weak: /^(public|authenticated|aws-exec)/i,
    strong: /^(private|bucket-owner-\w+(-\w+)?|projectPrivate|log-delivery-write)$/i,
    says: 'opens it to others',
  },
  {
    field: /^(container_access_type|anonymous_access\w*|visibility|public_access_type)$/,
    weak: /^(blob|container|public|anonymous\w*|internal)$/i,
    strong: /^(private|none)$/i,
    says: 'opens it to others',
  },
  {
    field: /^public_access_prevention$/,
    weak: /^(inherited|unspecified)$/i,
    strong: /^enforced$/i,
    says: 'no longer keeps the public out',
  },
  {
    field: /^(public_network_access|ingress)$/,
    weak: /^(enabled|INGRESS_TRAFFIC_ALL|securedByPerimeter)$/i,
    strong: /^(disabled|INGRESS_TRAFFIC_INTERNAL\w*)$/i,
    says: 'can be reached from anywhere',
  },
  {
    field: /^(scheme|load_balancing_scheme)$/,
    weak: /^(internet-facing|EXTERNAL\w*)$/i,
    strong: /^(internal\w*)$/i,
    says: 'can be reached from the internet',
  },
  {
    field:
      /^(min\w*tls\w*|tls_version|tls_min_version|minimum_protocol_version|ssl_policy|security_policy|min\w*ssl\w*|tls_security_policy|ssl_minimal_tls_version_enforced)$/,
    weak: /(^|[^\d.])(ssl_?v?3|tls_?v?_?1([._]?[01])?)([^\d.]|$)|^1\.[01]$|2016-08|2015-05|TLS-1-[01]|tlsenforcementdisabled|^COMPATIBLE$/i,
    strong: /1[._-]?[23]|^MODERN|^RESTRICTED/i,
    says: 'takes connections of less than TLS 1.2',
  },
  {
    field: /^(viewer_protocol_policy|origin_protocol_policy)$/,
    weak: /^(allow-all|http-only|match-viewer)$/i,
    strong: /^(https-only|redirect-to-https)$/i,
    says: 'talks without TLS',
  },
  {
    field:
      /^(ssl_mode|sslmode|tls_mode|transit_encryption_mode|encryption_mode|encryption_in_transit|client_broker|mtls_mode)$/,
    weak: /^(allow\w*|disabled?|prefer\w*|none|plaintext|tls_plaintext|permissive)$/i,
    strong: /^(require\w*|verify\w*|encrypted_only|tls|strict|trusted_client\w*)$/i,
    says: 'talks without TLS',
  },
  {
    field: /^(authorization_?type|authentication_?type|auth_?type|authorization|auth_mode|authentication)$/,
    weak: /^(none|disabled|anonymous|allow_?all)$/i,
    strong: /^(aws_iam|jwt|oidc|mtls|iam)$/i,
    says: 'asks nobody who calls',
  },
  {
    field:
      /^(permission|role_permission|default_repository_permission|default_workflow_permissions|members_can\w*)$/,
    weak: /^(admin|maintain|push|write|owner)$/i,
    strong: /^(pull|triage|read|none)$/i,
    says: 'may change what is in it',
  },
  {
    field: /^(sse_algorithm|encryption_type|encryption_status|kms_encryption|encryption_option)$/,
    weak: /^(none|disabled|unencrypted)$/i,
    strong: /^(aws:kms(:dsse)?|kms|aes256)$/i,
    says: 'is not encrypted',
  },
  {
    field: /^(logging|log_level|logging_level|audit_log_level|level|logging_service)$/,
    weak: /^(off|none|disabled)$/i,
    strong: /^(all|info|full|on)$/i,
    says: 'is no longer recorded',
  },
  {
    field: /^evaluation_mode$/,
    weak: /^(always_allow|disabled)$/i,
    strong: /^(require_attestation|always_deny|project_singleton_policy_enforce)$/i,
    says: 'runs what nobody attested',
  },
  {
    field: /^enforcement_level$/,
    weak: /^(advisory|soft-mandatory)$/i,
    strong: /^hard-mandatory$/i,
    says: 'is not enforced',
  },
  {
    field: /^ftps_state$|^protocols$/,
    weak: /^(allallowed|ftp)$/i,
    strong: /^(ftpsonly|disabled|sftp|ftps)$/i,
    says: 'talks without TLS',
  },
  {
    field: /^(allowed_actions|access_level)$/,
    weak: /^(all|organization|enterprise)$/i,
    strong: /^(selected|local_only|none)$/i,
    says: 'is for more than is named',
  },
  {
    field: /^certificate_transparency_logging_preference$/,
    weak: /^disabled$/i,
    strong: /^enabled$/i,
    says: 'is no longer recorded',
  },
  {
    field: /^(bypass_mode)$/,
    weak: /^(always|exempt)$/i,
    strong: /^pull_request$/i,
    says: 'can be gone around',
  },
  {
    field: /^failure_?policy$/,
    weak: /^ignore$/i,
    strong: /^fail$/i,
    says: 'lets everything through while it fails',
  },
  {
    field: /^image_tag_mutability$/,
    weak: /^mutable$/i,
    strong: /^immutable$/i,
    says: 'tags can name another image',
  },
  {
    field: /^listing_visibility$/,
    weak: /^unauth$/i,
    strong: /^hidden$/i,
    says: 'is listed to whoever asks',
  },
  {
    field: /^object_ownership$/,
    weak: /^ObjectWriter$/i,
    strong: /^BucketOwnerEnforced$/i,
    says: 'belongs to whoever writes it',
  },
  { field: /^enforcement$/, weak: /^(disabled|evaluate)$/i, strong: /^active$/i, says: 'is not enforced' },
  {
    field: /^(default_action|action|effect|access|type)$/,
    weak: /^$/,
    strong: /^(deny|block|NoSchedule|NoExecute)$/i,
    says: '',
  },
  {
    field: /^http_tokens$/,
    weak: /^optional$/i,
    strong: /^required$/i,
    says: 'gives its credentials to whoever can make it fetch an address',
  },
  { field: /^(bound_claims_type)$/, weak: /^glob$/i, strong: /^string$/i, says: 'takes claims by pattern' },
  {
    field: /^(file_path|log_destination|destination)$/,
    weak: /^(\/dev\/null|nul|discard|stdout|stderr)$/i,
    strong: /^$/,
    says: 'leads nowhere',
  },
  {
    field: /^(pod_security\w*|(io\/)?enforce)$/,
    weak: /^privileged$/i,
    strong: /^(restricted|baseline)$/i,
    says: 'lets anything run',
  },
  {
    field: /^(impersonate|run_as|execution_mode)$/,
    weak: /^(root|system)$/i,
    strong: /^$/,
    says: 'runs as root',
  },
];

/** Undefined where the field, or its word, is not known. */
export function judgeWord(type: string, { path, name, value }: Leaf): Remark | undefined {
  if (typeof value !== 'string') return undefined;
  if (name === 'default_action' && /network_rules|network_acls|firewall|acl/.test(`${type}.${path}`)) {
    if (/^allow$/i.test(value)) return { grade: 'danger', sentence: `${path} lets in what no rule is about` };
  }
  if (/seccomp|apparmor|app_armor/.test(path) && /^unconfined$/i.test(value))
    return { grade: 'danger', sentence: `${path}: asks its machine for anything` };
  if (path.endsWith('retention.mode'))
    return { grade: /^compliance$/i.test(value) ? 'notice' : 'danger', sentence: `${path}${said(value)}` };
  if (/dnssec\w*\.state$/.test(path))
    return { grade: /^on$/i.test(value) ? 'notice' : 'danger', sentence: `${path}${said(value)}` };
  const state = /^(status|state)$/.test(name) ? stateOf(type, value) : undefined;
  if (state !== undefined) return { grade: state, sentence: `${path}${said(value)}` };
  for (const { field, weak, strong, says } of WORDS) {
    if (!field.test(name)) continue;
    if (weak.test(value)) return { grade: 'danger', sentence: `${path}${said(value)}: ${says}` };
    if (strong.test(value)) return { grade: 'notice', sentence: `${path}${said(value)}` };
  }
  return undefined;
}

/** Words are short; what is longer is none, whatever its field is called. */
function said(value: string): string {
  return /^[\w.:-]{1,40}$/.test(value) ? ` ${value}` : '';
}

/** What guards, while its state says so. */
function stateOf(type: string, value: string): Remark['grade'] | undefined {
  if (
    !/versioning|guardduty|detector|securityhub|scanning|logging|config|recorder|trail|encryption|policy|backup|protection/.test(
      type,
    )
  )
    return undefined;
  if (/^(suspended|disabled|inactive|stopped)$/i.test(value)) return 'danger';
  return /^(enabled|active|started)$/i.test(value) ? 'notice' : undefined;
}
