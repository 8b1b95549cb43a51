/**
 * How Vault names leased PostgreSQL users: as its plugin does by itself, but without what ends a quoted name, a text or a
 * block in the statements that the name stands in. The display name is of whoever logs in: with O'Brien in it the
 * user could not be revoked.
 *
 * https://developer.hashicorp.com/vault/docs/concepts/username-templating
 */
export const USERNAME_TEMPLATE = `{{ printf "v-%s-%s-%s-%s" (.DisplayName${without(`'`, `"`, '$')} | truncate 8) (.RoleName | truncate 8) (random 20) (unix_time) | truncate 63 }}`;

function without(...characters: readonly string[]): string {
  return characters.map((character) => ` | replace ${JSON.stringify(character)} "-"`).join('');
}
