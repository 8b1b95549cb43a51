/** Where a server listens. It holds no user and no password. */
export interface Address {
  readonly protocol: string;
  readonly host: string;
  readonly port: number;
  /** Path without its leading slash: PostgreSQL's database. */
  readonly path: string;
}

const SAME_PROTOCOLS = [
  ['postgres:', 'postgresql:'],
  ['redis:', 'rediss:'],
];

/**
 * Reads a connection URL of the same protocol as `example`, whose port is the default. It drops user and password: Vault
 * connects with its own.
 *
 * @returns `undefined` when it is not such a URL.
 */
export function parseAddress(text: string, example: URL): Address | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const allowed = SAME_PROTOCOLS.find((protocols) => protocols.includes(example.protocol)) ?? [];
  if (!allowed.includes(url.protocol) || url.hostname === '') return undefined;
  return {
    protocol: url.protocol,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || example.port),
    path: decodeURIComponent(url.pathname.slice(1)),
  };
}
