/**
 * The numbers of ZAP's scan rules, release and beta: https://www.zaproxy.org/docs/alerts/. A number that is not
 * among them is a slip of the pen: ZAP would read the line and do nothing.
 */
const RANGES: readonly (readonly [from: number, to: number])[] = [
  ...one(0, 2, 3, 6, 7, 41, 42, 43),
  ...one(10_003, 10_004, 10_070, 10_202),
  [10_009, 10_011],
  [10_015, 10_021],
  [10_023, 10_058],
  [10_061, 10_063],
  [10_094, 10_099],
  [10_101, 10_113],
  [10_115, 10_116],
  ...one(20_012),
  [20_014, 20_019],
  [30_001, 30_003],
  ...one(40_003, 40_008, 40_009),
  [40_012, 40_014],
  [40_016, 40_036],
  [40_038, 40_048],
  ...one(50_000, 50_001, 60_000, 60_001, 60_003),
  [90_001, 90_005],
  ...one(90_011),
  [90_017, 90_030],
  [90_033, 90_039],
];

export function isZapRule(id: number): boolean {
  return Number.isInteger(id) && RANGES.some(([from, to]) => id >= from && id <= to);
}

function one(...ids: readonly number[]): (readonly [number, number])[] {
  return ids.map((id) => [id, id] as const);
}
