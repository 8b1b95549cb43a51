import type { Representation } from '@portcullis/constructs/keycloak';

/**
 * What a thing in Keycloak has otherwise than it has to be, as in `accessTokenLifespan: 300 → 900`. What `wanted` does not
 * name is anybody's. Lists are sets; what is empty and what is not there are one.
 */
export function differences(actual: Representation, wanted: Representation, path = ''): string[] {
  return Object.entries(wanted).flatMap(([name, want]) => {
    const place = path === '' ? name : `${path}.${name}`;
    const is = actual[name];
    if (isObject(want)) return differences(isObject(is) ? is : {}, want, place);
    if (Array.isArray(want) && want.length > 0 && want.every(isObject))
      return missingOf(Array.isArray(is) ? is : [], want, place);
    const [before, after] = [normal(is), normal(want)];
    return before === after ? [] : [`${place}: ${before || 'nothing'} → ${after || 'nothing'}`];
  });
}

/** The thing as it is, with what it has to be: what is written, so that nothing of somebody else's is lost. */
export function merged(actual: Representation, wanted: Representation): Representation {
  const changed = Object.entries(wanted).map(([name, want]) => {
    const is = actual[name];
    return [name, isObject(want) && isObject(is) ? merged(is, want) : want] as const;
  });
  return { ...actual, ...Object.fromEntries(changed) };
}

function missingOf(actual: readonly unknown[], wanted: readonly Representation[], place: string): string[] {
  const objects = actual.filter(isObject);
  const isSame = objects.length === wanted.length;
  const found = wanted.filter((want) => objects.some((is) => differences(is, want).length === 0));
  return isSame && found.length === wanted.length
    ? []
    : [`${place}: ${shownList(objects, wanted)} → ${shownList(wanted, wanted)}`];
}

/** Of each object, the members that are managed. */
function shownList(list: readonly Representation[], wanted: readonly Representation[]): string {
  const names = Object.keys(wanted[0] ?? {});
  return JSON.stringify(list.map((one) => Object.fromEntries(names.map((name) => [name, one[name]]))));
}

function normal(value: unknown): string {
  if (value === undefined || value === null || value === '') return '';
  if (!Array.isArray(value)) return JSON.stringify(value);
  return value.length === 0
    ? ''
    : JSON.stringify(
        (value as unknown[]).map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).sort(),
      );
}

function isObject(value: unknown): value is Representation {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
