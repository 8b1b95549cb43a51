import { PrismaPg } from '@prisma/adapter-pg';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { dawdle, UNDO } from '../harness.mjs';

/** A client is made anew with each URL; the one before ends when what it was doing is done. */
export async function open({ secrets, postgres }) {
  const { PrismaClient } = createRequire(join(process.cwd(), 'app.cjs'))('./generated');
  const credentials = await secrets.credentials('app', { graceSeconds: 2 });
  const clientOf = ({ user, password }) => {
    const url = new URL(`postgres://${postgres.host}:${postgres.port}/${postgres.database}`);
    Object.assign(url, { username: user, password: encodeURIComponent(password.reveal()) });
    return new PrismaClient({
      adapter: new PrismaPg({ connectionString: url.href, max: 8 }, { schema: 'app' }),
    });
  };
  let prisma = clientOf(credentials.current);
  credentials.onRotate(async ({ current }) => {
    const before = prisma;
    prisma = clientOf(current);
    await pause(1_000);
    await before.$disconnect();
  });
  return {
    commit: () => prisma.row.create({ data: { kind: 'kept' } }),
    rollBack: () =>
      prisma.$transaction(async (tx) => {
        await tx.row.create({ data: { kind: 'undone' } });
        await dawdle();
        await tx.row.create({ data: { kind: 'undone' } });
        throw UNDO;
      }),
    close: () => prisma.$disconnect(),
  };
}
