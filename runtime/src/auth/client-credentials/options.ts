/** What `clientCredentials()` is told: the options, their checks and defaults. */
import { z } from 'zod';
import { harmless } from '../../listener';
import { toProblem } from '../../policy/errors';
import { scope } from '../../policy/shapes';
import { AuthOptionsError } from '../errors';
import type { OnAuthEvent } from '../events';
import { issuerUrl, listener, type AuthOptions } from '../options';
import {
  clientProblems,
  clientShape,
  furtherParameters,
  resolveClient,
  type ClientOptions,
  type ProviderOptions,
} from '../provider/options';

/** Options of `clientCredentials()`. */
export interface ClientCredentialsOptions extends ClientOptions, Pick<AuthOptions, 'onEvent'> {
  /** The provider: its exact `iss`. */
  readonly issuer: string;
  /** The API that the tokens are for: the parameter `resource` (RFC 8707 §2). @default the provider's choice */
  readonly resource?: string;
  /** The scopes to ask for (RFC 6749 §3.3). @default the provider's choice */
  readonly scopes?: readonly string[];
  /** More form parameters of the token request, such as Auth0's `audience`. @default none */
  readonly parameters?: Readonly<Record<string, string>>;
}

export interface ResolvedClientCredentials {
  readonly provider: ProviderOptions;
  /** What the token request says besides who asks. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly onEvent: OnAuthEvent;
}

const shape = z.strictObject({
  issuer: issuerUrl,
  ...clientShape,
  resource: z.string().min(1).optional(),
  scopes: z.array(scope).optional(),
  parameters: furtherParameters([
    ...[
      'grant_type',
      'client_id',
      'client_secret',
      'client_assertion',
      'client_assertion_type',
      'resource',
      'scope',
    ],
  ]).optional(),
  onEvent: listener.optional(),
});

/** @throws AuthOptionsError with every problem at once, each with its path and remedy. */
export function resolveClientCredentials(options: ClientCredentialsOptions): ResolvedClientCredentials {
  const problems = [
    ...(shape.safeParse(options).error?.issues.map(toProblem) ?? []),
    ...clientProblems(options),
  ];
  if (problems.length > 0) throw new AuthOptionsError(problems);
  const { issuer, resource, scopes, parameters, onEvent } = options;
  return {
    provider: resolveClient(issuer, options),
    parameters: {
      ...parameters,
      ...(resource !== undefined && { resource }),
      ...(scopes !== undefined && { scope: scopes.join(' ') }),
    },
    onEvent: harmless(onEvent),
  };
}
