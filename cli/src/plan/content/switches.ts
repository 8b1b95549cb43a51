/** Fields that protect something only while they have one of two values, whatever the kind that has them. */
import type { Remark } from '../grade';
import type { Leaf, Scalar } from './leaves';

const anyOf = (...parts: readonly string[]): RegExp => new RegExp(`^(?:${parts.join('|')})$`);

/** On is right. */
const GUARDS = anyOf(
  // Encryption
  String.raw`(?:\w+_)?encrypted`,
  String.raw`(?:\w+_)?encrypt(?:ion)?(?:_at_rest)?(?:_enabled)?`,
  String.raw`(?:enable_)?(?:\w+_)?encryption(?:_enabled)?`,
  String.raw`(?:enable_)?key_rotation(?:_enabled)?|enable_key_rotation|rotation_enabled`,
  String.raw`(?:enable_)?https?_(?:only|traffic_only(?:_enabled)?)|https_traffic_only_enabled|enable_https_traffic_only|supports_https_traffic_only`,
  String.raw`(?:require|force|enforce)_(?:ssl|tls|https|secure_transport)|ssl_enforcement_enabled|(?:\w+_)?tls_enabled|(?:use_)?(?:tls|ssl)|use_https`,
  String.raw`(?:verify|check)_(?:ssl|tls|certificate|connection|host)\w*|(?:ssl|tls)_verif\w+`,
  // Public access
  'block_public_acls|block_public_policy|ignore_public_acls|restrict_public_buckets|block_public_access',
  'uniform_bucket_level_access|enable_private_nodes|enable_private_endpoint|private_cluster_enabled|internal|is_internal',
  // Logs and alarms
  String.raw`(?:enable_)?(?!verbose|debug)(?:\w+_)?logging(?:_enabled)?|(?:enable_)?(?:audit|flow|access)_logs?(?:_enabled)?`,
  'enable_log_file_validation|log_file_validation_enabled|include_global_service_events|is_multi_region_trail|is_organization_trail',
  'client_certificate_enabled|allow_admin_create_user_only|web_commit_signoff_required|include_management_events',
  'actions_enabled|recording_group_all_supported|all_supported|include_global_resource_types|enable_flow_logs|scan_on_push|vulnerability_alerts',
  // Who may do what
  'enforce_admins|require_code_owner_reviews?|dismiss_stale_reviews(?:_on_push)?|require_signed_commits|required_signatures|require_conversation_resolution|require_last_push_approval|required_linear_history|prevent_self_review',
  String.raw`role_based_access_control_enabled|rbac_enabled|azure_rbac_enabled|local_account_disabled|local_authentication_disabled|mfa_delete|mfa_enabled|require_mfa|mfa_configuration|enforced?|bind_secret_id|require_attestation\w*`,
  String.raw`require_(?:uppercase|lowercase|numbers|symbols|lowercase_characters|uppercase_characters)\w*|iam_database_authentication_enabled|token_no_default_policy`,
  // What is left after a mistake
  '(?:enable_)?deletion_protection(?:_enabled)?|purge_protection_enabled|enable_purge_protection|soft_delete_enabled|prevent_destroy|disable_api_termination',
  // Containers and machines
  'read_only_root_filesystem|readonly_root_filesystem|run_as_non_root|enable_secure_boot|secure_boot_enabled|vtpm_enabled|enable_shielded_nodes|enable_integrity_monitoring|drop_invalid_header_fields|disable_execute_api_endpoint',
  'block_project_ssh_keys|enable_oslogin|disable_legacy_endpoints|sha_pinning_required|disable_password_authentication',
);

/** Off is right. */
const DOORS = anyOf(
  'publicly_accessible|public|is_public|public_access|make_public',
  'public_network_access(?:_enabled)?|endpoint_public_access|public_endpoint_enabled|data_api_enabled',
  String.raw`allow_(?:blob_|nested_items_to_be_)?public\w*|allow_nested_items_to_be_public|allow_(?:external|anonymous|unauthenticated|any|all|insecure|unverified|privilege|force|deletions|classic|guest)\w*`,
  String.raw`(?:associate|assign|map)_public_ip(?:_\w+)?|enable_public_ip|ipv4_enabled|nat_ip_enabled`,
  String.raw`(?:enable_)?anonymous\w*|insecure\w*|\w+_insecure|(?:skip|disable)_(?:tls|ssl|cert)\w*|(?:tls|ssl)_skip\w*|tls_disable|disable_(?:ssl|tls|logging|encryption)\w*`,
  'allows_force_pushes|allows_public_repositories|allows_deletions|can_admins_bypass|can_approve_pull_request_reviews|blocks_creations_disabled|lock_branch_disabled',
  String.raw`remote_debugging_enabled|(?:enable_)?non_ssl_port(?:_enabled)?|data_trace_enabled|automount_service_account_token|allow_forking|members_can_create_public_\w+`,
  'allow_subdomains|allow_user_certificates|allow_host_certificates|basic_constraints_valid_for_non_ca|is_ca',
  'privileged(?:_mode)?|host_network|host_pid|host_ipc|hostnetwork|hostpid|hostipc|allow_privilege_escalation|enable_execute_command',
  'admin_enabled|admin_user_enabled|enable_legacy_abac|issue_client_certificate|serial_port_enable|basic_auth_enabled|local_auth_enabled|shared_access_key_enabled|no_password_required|password_authentication_enabled|key_based_authentication_enabled',
  String.raw`log_raw|disable_iss_validation|disable_local_ca_jwt|allow_any_name|allow_glob_domains|allow_wildcard_certificates|no_parent|orphan|superuser|create_role|bypass_row_level_security|replication|skip_auth\w*|with_grant_option|can_grant|mute_findings|is_admin|admin|force_destroy|skip_final_snapshot|include_organization_wide|copy_grants_all`,
);

/** Kinds that watch, or keep what was seen: `enabled = false` there is blindness. */
const WATCHES =
  /trail|guardduty|detector|securityhub|security_center|config_configuration_recorder|flow_log|audit|diagnostic|logging|log_profile|macie|inspector|access_?analyzer|defender|sentinel|threat|alarm|alert|scanning|backup|encryption_by_default/;

/** Undefined where the field is no switch. A remark of `notice` where it has the right value. */
export function judgeSwitch(type: string, { path, name, value }: Leaf): Remark | undefined {
  const on = switched(value);
  if (on === undefined) return undefined;
  if (isGuard(type, path, name)) {
    return on
      ? { grade: 'notice', sentence: `${path} is on` }
      : { grade: 'danger', sentence: `${path} is off` };
  }
  if (!DOORS.test(name)) return undefined;
  return on
    ? { grade: 'danger', sentence: `${path} is on` }
    : { grade: 'notice', sentence: `${path} is off` };
}

/** A switch that is set no longer: what its default is, the plan does not say. */
export function lostSwitch(type: string, { path, name, value }: Leaf): Remark | undefined {
  const on = switched(value);
  if (on === undefined || !(isGuard(type, path, name) || DOORS.test(name))) return undefined;
  const wasRight = isGuard(type, path, name) ? on : !on;
  return wasRight
    ? { grade: 'danger', sentence: `${path} is no longer ${on ? 'on' : 'off'}` }
    : { grade: 'notice', sentence: `${path} is set no longer` };
}

/** Blocks that guard, whose switch is called `enabled` alone. */
const GUARDING_BLOCKS =
  /(point_in_time_recovery|backup_configuration|auth_settings\w*|encryption\w*|logging\w*|\w*protection|mfa\w*|audit\w*|server_side_encryption)\.enabled$/;

function isGuard(type: string, path: string, name: string): boolean {
  return (
    GUARDS.test(name) ||
    GUARDING_BLOCKS.test(path) ||
    (/^(enable|enabled|is_enabled|enable_\w+)$/.test(name) && WATCHES.test(type))
  );
}

/** Providers write a switch as a boolean or as a text. */
function switched(value: Scalar): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') return undefined;
  const text = value.toLowerCase();
  if (text === 'true' || text === 'enabled' || text === 'on') return true;
  return text === 'false' || text === 'disabled' || text === 'off' ? false : undefined;
}
