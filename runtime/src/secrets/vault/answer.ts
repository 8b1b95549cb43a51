/** What Vault answered, reduced to what a caller can do about it. Pure. */
export type Answer =
  | { readonly kind: 'ok'; readonly body: VaultBody }
  /** 400: this request will never work. */
  | { readonly kind: 'refused'; readonly messages: readonly string[] }
  /** 403: the token is dead, or its policy lacks the capability; the answer alone does not tell which. */
  | { readonly kind: 'denied'; readonly messages: readonly string[] }
  /** 404: no such mount, role or entry. */
  | { readonly kind: 'missing'; readonly messages: readonly string[]; readonly body: VaultBody }
  /** 429: later, and not before `retryAfterMs`. */
  | { readonly kind: 'throttled'; readonly retryAfterMs: number }
  /**
   * `redirected` (307, 308): a standby names the active node, which the client then asks. `moved` (any other 3xx): what
   * answered is no Vault, or a proxy that sends elsewhere. Tokens are not sent there.
   */
  | { readonly kind: 'redirected' | 'moved'; readonly status: number; readonly location: string }
  /** 503, or a standby's 500 during an election: sealed, or without a leader; another node may serve. */
  | { readonly kind: 'sealed'; readonly retryAfterMs: number }
  /** 5xx, or 412 (a replica that lags behind): later. */
  | {
      readonly kind: 'failed';
      readonly status: number;
      readonly messages: readonly string[];
      readonly retryAfterMs: number;
    };

/** The envelope of every answer of Vault's API. */
export interface VaultBody {
  /** What the audit log calls the request: `request.id`. */
  readonly request_id?: string;
  readonly data?: Record<string, unknown> | null;
  readonly auth?: {
    readonly client_token: string;
    readonly accessor: string;
    readonly lease_duration: number;
    readonly renewable: boolean;
  } | null;
  readonly lease_id?: string;
  readonly lease_duration?: number;
  readonly wrap_info?: { readonly token: string } | null;
  readonly errors?: readonly string[];
}

/** What a standby answers with 500 while no node leads. */
const WITHOUT_LEADER = 'local node not active';

/** Reads status, headers and body as Vault's API documentation and its source define them. */
export function readAnswer(
  status: number,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  text: string,
  wallNowMs: number,
): Answer {
  const body = parseBody(text);
  const messages = Array.isArray(body.errors) ? body.errors.map(String) : [];
  const retryAfterMs = retryAfter(headers['retry-after'], wallNowMs);
  if (status >= 200 && status < 300) return { kind: 'ok', body };
  const location = String(headers.location ?? '');
  const isStandby = (status === 307 || status === 308) && location !== '';
  if (status >= 300 && status < 400) return { kind: isStandby ? 'redirected' : 'moved', status, location };
  if (status === 400 || status === 405) return { kind: 'refused', messages };
  if (status === 403) return { kind: 'denied', messages };
  if (status === 404) return { kind: 'missing', messages, body };
  if (status === 429) return { kind: 'throttled', retryAfterMs };
  if (status === 503 || messages.some((message) => message.includes(WITHOUT_LEADER)))
    return { kind: 'sealed', retryAfterMs };
  return { kind: 'failed', status, messages, retryAfterMs };
}

function parseBody(text: string): VaultBody {
  if (text === '') return {};
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? body : {};
  } catch {
    return {}; // a load balancer's page: the status says enough
  }
}

/** RFC 9110 §10.2.3: seconds or a date. */
function retryAfter(header: string | string[] | undefined, wallNowMs: number): number {
  if (typeof header !== 'string') return 0;
  if (/^\d+$/.test(header)) return Number(header) * 1_000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? 0 : Math.max(0, date - wallNowMs);
}
