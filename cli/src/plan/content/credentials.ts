/** Kinds that make a key, a password or a token: the state keeps it, and it lives until somebody removes it. */
import type { Remark } from '../grade';

const MAKES =
  /_(access_key|service_account_key|service_account_token|login_profile|api_key|api_token|personal_access_token|deploy_key|deploy_token|secret_id|client_secret|application_password|service_principal_password|service_principal_certificate|hmac_keys?|service_specific_credential|signing_certificate|storage_account_sas|account_sas|shared_access_key|authorization_rule|encrypted_key|user_ssh_key|approle_login|token_request)(_v\d)?$|^(vault_token|random_password|tls_private_key|kubernetes_token_request(_v1)?|google_service_account_key|azuread_\w+_password)$/;

const GRANTS = /_(grant|grants|launch_permission|snapshot_create_volume_permission)$/;

/** Kinds that run a program, here or where they are applied. */
const RUNS =
  /^(null_resource|shell_script|external|local_command|ssh_resource|ansible_playbook|helm_release|aws_ssm_association|azurerm_virtual_machine_run_command|azurerm_virtual_machine_extension)$/;

export function judgeKind(type: string): Remark | undefined {
  if (MAKES.test(type))
    return { grade: 'danger', sentence: 'makes a credential that lives until somebody removes it' };
  if (GRANTS.test(type)) return { grade: 'danger', sentence: 'lets somebody else use what is yours' };
  if (/^(shell_script|local_command|ssh_resource)/.test(type))
    return { grade: 'danger', sentence: 'runs a program' };
  return RUNS.test(type) ? { grade: 'unknown', sentence: 'can run a program' } : undefined;
}
