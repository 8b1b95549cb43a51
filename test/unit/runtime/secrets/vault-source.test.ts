import { pathSource } from '../../../../runtime/src/secrets/lease/path-source';
import type { VaultAccess } from '../../../../runtime/src/secrets/vault/access';
import { manualClock } from '../../../support/clock';
import { z } from 'zod';

const lending = (answer: object) => {
  const access = { request: () => Promise.resolve({ body: answer, session: {} }) } as unknown as VaultAccess;
  return pathSource({ access, clock: manualClock() }, { path: 'aws/creds/reports', schema: z.object({}) });
};

test('what is lent for a time is lent', async () => {
  const lent = lending({ lease_id: 'aws/creds/reports/1', lease_duration: 60, data: {} });
  await expect(lent.obtain()).resolves.toMatchObject({ ttlMs: 60_000 });
});

test.each([
  { lease_id: '', lease_duration: 60 },
  { lease_id: 'aws/creds/reports/1', lease_duration: 0 },
  { lease_id: 'aws/creds/reports/1' },
])('%j lends nothing: what is lent for no time would be asked for all the time', async (answer) => {
  await expect(lending(answer).obtain()).rejects.toMatchObject({ code: 'ERR_LEASE_MISSING' });
});
