/** What is worked out once for each pair of two things, and forgotten together with the first of them. */
export class OncePerPair<One extends object, Other, Value extends object> {
  readonly #made = new WeakMap<One, Map<Other, Value>>();

  get(one: One, other: Other, make: () => Value): Value {
    let ofOne = this.#made.get(one);
    if (ofOne === undefined) this.#made.set(one, (ofOne = new Map<Other, Value>()));
    let value = ofOne.get(other);
    if (value === undefined) ofOne.set(other, (value = make()));
    return value;
  }
}
