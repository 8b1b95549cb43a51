/**
 * What the parent said when it started this process. Apart from `serve.ts`, which loads Express and the whole runtime:
 * no part of the start of a service that has neither.
 */
export function settings(): unknown {
  return JSON.parse(process.env.BENCH_SETTINGS ?? '{}');
}
