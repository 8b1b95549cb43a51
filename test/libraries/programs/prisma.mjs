import { PrismaPg } from '@prisma/adapter-pg';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { dawdle, UNDO } from '../harness.mjs';

export function open({ secrets, postgres }) {
  const { PrismaClient } = createRequire(join(process.cwd(), 'app.cjs'))('./generated');
  const pool = secrets.postgresPool('app', { ...postgres, max: 8 });
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool, { schema: 'app' }) });
  return {
    commit: () => prisma.row.create({ data: { kind: 'kept' } }),
    rollBack: () =>
      prisma.$transaction(async (tx) => {
        await tx.row.create({ data: { kind: 'undone' } });
        await dawdle();
        await tx.row.create({ data: { kind: 'undone' } });
        throw UNDO;
      }),
    close: async () => {
      await prisma.$disconnect();
      await pool.end();
    },
  };
}
