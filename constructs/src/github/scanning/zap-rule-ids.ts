/**
 * The numbers of ZAP's scan rules. A number that is not among them is a typing error: ZAP would read the line and do
 * nothing. It does nothing about retired rules either, so those are left out.
 *
 * Rules up to 2022 are from ZAP's own register (zaproxy/zaproxy, docs/scanners.md, without deprecated rules, examples and
 * add-ons of others). Later ones are from https://www.zaproxy.org/docs/alerts/, where 40048 (December 2025) was the
 * newest.
 */
const RANGES: readonly (readonly [from: number, to: number])[] = [
  [0, 3],
  ...one(6, 7),
  [41, 43],
  ...one(10_003, 10_004),
  [10_009, 10_011],
  ...one(10_015),
  [10_017, 10_021],
  [10_023, 10_045],
  [10_047, 10_052],
  [10_054, 10_063],
  ...one(10_070),
  [10_094, 10_099],
  [10_101, 10_113],
  ...one(10_115, 10_116),
  [10_200, 10_205],
  ...one(20_010, 20_012),
  [20_014, 20_019],
  [30_001, 30_003],
  ...one(40_003, 40_008, 40_009),
  [40_012, 40_036],
  [40_038, 40_048],
  [50_000, 50_006],
  [90_001, 90_005],
  ...one(90_011),
  [90_017, 90_030],
  [90_033, 90_037],
  ...one(90_039),
  // Scripts: 100000 and 100001 are those that the scan of an API brings along.
  [100_000, 100_036],
  ...one(100_043, 100_044),
  [110_000, 110_009],
  [120_000, 120_002],
];

export function isZapRule(id: number): boolean {
  return Number.isInteger(id) && RANGES.some(([from, to]) => id >= from && id <= to);
}

function one(...ids: readonly number[]): (readonly [number, number])[] {
  return ids.map((id) => [id, id] as const);
}
