/** The libraries that rotations are proven with. `docs/libraries.md` shows them as they ran. */
export interface Trial {
  readonly name: string;
  /** Its program, in `programs`. */
  readonly program: string;
  /** The packages whose versions are shown. */
  readonly packages: readonly string[];
  /** How an application gives it its credentials. */
  readonly given: string;
  /** Whose package takes the place of another's. */
  readonly alias?: Readonly<Record<string, string>>;
  /** Bundled into one minified file, with `pg`. */
  readonly bundled?: true;
  /** Through a PgBouncer in that mode. */
  readonly pooler?: 'session' | 'transaction';
  /** It is a queue of jobs: none may be lost. */
  readonly jobs?: true;
}

const POOL = '`postgresPool()`';
const OLDER = { 'drizzle-orm': 'drizzle-orm-0.36' };

export const TRIALS: readonly Trial[] = [
  { name: 'pg', program: 'pg', packages: ['pg'], given: POOL },
  { name: 'Drizzle', program: 'drizzle', packages: ['drizzle-orm'], given: POOL },
  {
    name: 'Drizzle, bundled and minified',
    program: 'drizzle',
    packages: ['drizzle-orm'],
    given: POOL,
    bundled: true,
  },
  { name: 'Drizzle', program: 'drizzle', packages: ['drizzle-orm-0.36'], given: POOL, alias: OLDER },
  {
    name: 'Drizzle, bundled and minified',
    program: 'drizzle',
    packages: ['drizzle-orm-0.36'],
    given: POOL,
    alias: OLDER,
    bundled: true,
  },
  { name: 'Prisma', program: 'prisma', packages: ['@prisma/client', '@prisma/adapter-pg'], given: POOL },
  { name: 'TypeORM', program: 'typeorm', packages: ['typeorm'], given: `${POOL}, by its \`driver\`` },
  { name: 'knex', program: 'knex', packages: ['knex'], given: '`credentials()`' },
  { name: 'Sequelize', program: 'sequelize', packages: ['sequelize'], given: '`credentials()`' },
  {
    name: 'Prisma, by its URL',
    program: 'prisma-url',
    packages: ['@prisma/client', '@prisma/adapter-pg'],
    given: '`credentials()`',
  },
  { name: 'mysql2, on MariaDB', program: 'mysql2', packages: ['mysql2'], given: '`credentials()`' },
  { name: 'pg-boss', program: 'pg-boss', packages: ['pg-boss'], given: `${POOL}, by its \`db\``, jobs: true },
  {
    name: 'graphile-worker',
    program: 'graphile-worker',
    packages: ['graphile-worker'],
    given: POOL,
    jobs: true,
  },
  {
    name: 'BullMQ',
    program: 'bullmq',
    packages: ['bullmq', 'ioredis'],
    given: '`redisClient()`',
    jobs: true,
  },
  { name: 'pg, PgBouncer by session', program: 'pg', packages: ['pg'], given: POOL, pooler: 'session' },
  {
    name: 'pg, PgBouncer by transaction',
    program: 'pg',
    packages: ['pg'],
    given: POOL,
    pooler: 'transaction',
  },
  {
    name: 'Drizzle, PgBouncer by transaction',
    program: 'drizzle',
    packages: ['drizzle-orm'],
    given: POOL,
    pooler: 'transaction',
  },
];
