/** Providers put a person's groups into their tokens: some people have many. */
import { policy } from '../../../../../policy';
import { resolveAuth } from '../../../../../runtime/src/auth/options';
import { makeVerifier, type TokenVerifier } from '../../../../../runtime/src/auth/token/token-verifier';
import { AUDIENCE, useIssuer } from '../../../../support/auth/issuer';
import { settled } from '../../../../support/clock';

const issuer = useIssuer();
let verifier: TokenVerifier;

afterEach(() => verifier.close());

async function verify(groups: number, longestToken?: number): Promise<unknown> {
  verifier = makeVerifier(
    resolveAuth({
      ...{ policy, issuer: issuer().url, audience: AUDIENCE },
      ...(longestToken !== undefined && { longestToken }),
    }),
  );
  await settled();
  const names = Array.from({ length: groups }, (_, index) => `c0ffee00-0000-4000-8000-${index + 1e11}`);
  return verifier.verify(await issuer().token({ groups: names }));
}

it('a token with 180 groups is let in', async () => {
  await expect(verify(180)).resolves.toMatchObject({ subject: 'user-1' });
});

it('a longer one is refused by a reason of its own, unless the API allows its length', async () => {
  await expect(verify(400)).rejects.toMatchObject({ reason: 'too_long' });
  await expect(verify(400, 32_768)).resolves.toMatchObject({ subject: 'user-1' });
});
