/**
 * Types of packages that an application may do without. Where such a package is missing, its types here are `any`, so that
 * our declarations compile under `skipLibCheck: false`. `@ts-ignore` stands in doc comments, because the compiler keeps no
 * others in declarations; each holds for one line.
 */
/* eslint-disable @typescript-eslint/ban-ts-comment -- without the package there is an error, with it there is none */

/** @ts-ignore: `@types/express` */
export type { Express, NextFunction, Request, RequestHandler, Response } from 'express';

/** @ts-ignore: `@types/pg` */
export type { Pool, PoolClient, PoolConfig, PoolOptions, QueryResult } from 'pg';

/** @ts-ignore: `@types/pg` */
export type * as Pg from 'pg';

/** @ts-ignore: `redis` */
export type * as Redis from 'redis';
