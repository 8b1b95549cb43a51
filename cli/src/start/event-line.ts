/** One line for each credential rotated or token renewed, from an entry of the service's structured log. */
export function describeEvent(entry: Readonly<Record<string, unknown>>): string | undefined {
  const text = (field: string): string => {
    const value = entry[field];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '?';
  };
  const at = new Date(Number(entry.time)).toTimeString().slice(0, 8);
  switch (entry.type) {
    case 'credential_rotated':
      return entry.previousUser === undefined
        ? `${at}  ${text('role')}: leased ${text('user')}`
        : `${at}  ${text('role')}: rotated ${text('previousUser')} → ${text('user')}`;
    case 'credential_revoked':
      return `${at}  ${text('role')}: revoked ${text('user')}`;
    case 'token_renewed':
      return `${at}  Vault token renewed for ${text('ttlSeconds')} s`;
    case 'token_replaced':
      return `${at}  Vault token replaced`;
    case 'credential_failed':
    case 'token_failed':
      return `${at}  ${text('type')}: ${text('message')}`;
    default:
      return undefined;
  }
}
