import type { Shape } from './shape';

/** The shapes of several requests, as a script is told them. */
export interface ToldShapes {
  /** How many shapes, and each of them: the beginning of the script's arguments. */
  readonly args: string[];
  /** The number of each request's shape. */
  readonly numbers: readonly string[];
}

/** Tells each shape once, however many requests have it. */
export function shapesOf(shapes: readonly Shape[]): ToldShapes {
  const told: Shape[] = [];
  const numbers = shapes.map((shape) => {
    let index = told.indexOf(shape);
    if (index === -1) index = told.push(shape) - 1;
    return String(index + 1);
  });
  return { args: [String(told.length), ...told.flatMap(({ args }) => args)], numbers };
}
