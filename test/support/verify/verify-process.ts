/** Verifies an API, in a process of its own: which authorities Node trusts besides its own is settled when it starts. */
import { settingsOf } from '../../../cli/src/verify/settings';
import { verify } from '../../../cli/src/verify/verify';
import { policy } from './api';
import { SECRET } from './issuer';

export interface Asked {
  readonly url: string;
  readonly issuer: string;
}

process.once('message', ({ url, issuer }: Asked) => {
  const look = async (): Promise<object> => {
    const environment = {
      issuer,
      verify: { clients: { pro: { clientId: 'verify-pro', secretVariable: 'SECRET' } } },
    };
    const settings = settingsOf(
      { policy, environments: { environment } },
      { environment: 'environment' },
      { SECRET },
    );
    return { results: await verify(policy, new URL(url), settings, undefined, 120_000) };
  };
  void look()
    .catch((error: unknown) => ({ error: (error as Error).message }))
    .then((told) => process.send?.(told, () => process.disconnect()));
});
