/** Names of roles and policies that may do anything, or decide who may. */

/** Policies of AWS' own. */
const AWS =
  /:policy\/(?:[\w+=,.@-]+\/)*(?:AdministratorAccess[\w-]*|PowerUserAccess|[A-Za-z0-9-]*FullAccess\w*|SystemAdministrator|SecurityAdministrator|DatabaseAdministrator|NetworkAdministrator)$/i;

/** Roles and policies of a company, by their names. */
const AWS_BY_NAME =
  /^arn:[\w-]*:iam::\d*:(?:role|policy|group|user)\/.*(?:admin|root|superuser|full-?access|power-?user)/i;

/** Azure's built-in roles by name, and the most powerful ones by the identifiers of their definitions. */
const AZURE =
  /^(?:Owner|Contributor|User Access Administrator|Role Based Access Control Administrator|[\w ]*Administrator|[\w ]*Data Owner|Key Vault Secrets Officer|Global Administrator)$/i;
const AZURE_DEFINITIONS =
  /8e3af657-a8ff-443c-a75c-2fe8c4bcb635|b24988ac-6180-42a0-ab88-20f7382dd24c|18d7d88d-d35e-4fb5-a5c3-7773c20a72d9|f58310d9-a9f6-439a-9e8d-f62e7b41a168|00482a5a-887f-4fb3-b363-3b7fe8e74483|62e90394-69f5-4237-9190-012177145e10|e8611ab8-c189-46e8-94e1-60213ab1f814/i;

const GOOGLE =
  /^roles\/(?:owner|editor|[\w.]*[aA]dmin\w*|iam\.(?:serviceAccountTokenCreator|serviceAccountUser|serviceAccountKeyAdmin|workloadIdentityUser|securityReviewer)|secretmanager\.secretAccessor)$/;

const KUBERNETES = /^(?:cluster-admin|admin|edit|system:masters)$/;

/** Whether a text names a role or policy of great power, whatever the field it stands in. */
export function isAdministrative(text: string): boolean {
  return AWS_BY_NAME.test(text) || builtInPower(text) !== undefined;
}

/** The name of a role or policy of great power that the cloud itself has, as it stands in a text. */
export function builtInPower(text: string): string | undefined {
  return [AWS, AZURE_DEFINITIONS, GOOGLE]
    .map((names) => names.exec(text)?.[0])
    .find((name) => name !== undefined);
}

/** Whether a role is powerful by a name that means so in some fields alone. */
export function isAdministrativeRole(name: string): boolean {
  return (
    isAdministrative(name) ||
    AZURE.test(name) ||
    KUBERNETES.test(name) ||
    /^(?:root|owner|superuser|.*\badmin(?:s|istrators?)?\b.*)$/i.test(name)
  );
}
