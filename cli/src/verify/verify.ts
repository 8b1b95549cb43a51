/** Holds a policy against an API that serves it. */
import type { Policy } from '@portcullis/runtime/policy';
import { tokensFrom, type TokenSource } from '../connections/client-tokens';
import type { Result } from './checks';
import { judge } from './judge/judge';
import { planProbes } from './probes/plan';
import type { VerifySettings } from './settings';
import { forecastSeconds } from './target/pace';
import { runProbes } from './target/run';
import { senderTo } from './target/sender';

export interface Forecast {
  readonly requests: number;
  /** At least, by the limits alone. */
  readonly seconds: number;
}

/**
 * @param origin of the API, as `originOf()` gives it.
 * @param announce is told before anything is sent how long it will take.
 * @param timeoutMs how long an answer of the API or the issuer may take.
 * @throws PortcullisError `ERR_UNREACHABLE` where the API or the issuer cannot be reached.
 */
export async function verify(
  policy: Policy,
  origin: URL,
  settings: VerifySettings,
  announce: (forecast: Forecast) => void = () => undefined,
  timeoutMs = 10_000,
): Promise<readonly Result[]> {
  const plan = planProbes(policy, settings.probes);
  announce({ requests: plan.probes.length, seconds: forecastSeconds(plan.probes) });
  const sender = senderTo(origin, { timeoutMs });
  try {
    const tls = await sender.reach();
    const hasClients = Object.keys(settings.tokens.clients).length > 0;
    const tokens = hasClients ? await tokensFrom(settings.tokens, timeoutMs) : NO_TOKENS;
    const { exchanges, omitted } = await runProbes(plan.probes, {
      ...{ sender, tokens, expiredToken: settings.expiredToken },
    });
    return judge(policy, { exchanges, omitted: [...plan.omitted, ...omitted], tls });
  } finally {
    sender.close();
  }
}

const NO_TOKENS: TokenSource = { token: () => Promise.reject(new Error('no client is configured')) };
