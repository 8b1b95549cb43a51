import { isFrozenContext, type AuthContext } from '../../auth/context';
import type { LimitKey } from '../../policy';
import type { Counted } from '../decide/limit-plan';
import { OncePerPair } from '../once-per-pair';
import { stemOf, type Counters } from '../store/shape';
import type { ClientNames } from './client-names';

/** Who calls, as limits see it. */
export interface Caller {
  /** The hashed organisation; of a caller without one the hashed subject, or network. */
  readonly name: string;
  /** The verified caller, if there is one. */
  readonly auth?: Pick<AuthContext, 'issuer' | 'subject' | 'clientId' | 'claims'> | undefined;
  /** The network of the caller's address; `undefined` where nobody knows it. */
  readonly network: () => string | undefined;
  /** What the function of this name says of the caller. */
  readonly value: (name: string) => string | undefined;
}

/** The counters of a call, and the outermost name of them, which decides the slot of a cluster. */
export interface CallCounters {
  readonly client: string;
  readonly counters: Counters;
}

/**
 * Finds the counters of calls. What a caller has not (a client, a claim) is counted under its name, by itself: nobody
 * escapes a limit by leaving out what it counts by.
 */
export class CounterKeys {
  readonly #known = new OncePerPair<object, Counted, CallCounters>();

  constructor(readonly names: ClientNames) {}

  /** The counters of a call. For a token that returns they are worked out once. */
  of(counted: Counted, caller: Caller): CallCounters {
    const { auth } = caller;
    if (auth === undefined || !counted.ofToken || !isFrozenContext(auth)) return this.#of(counted, caller);
    return this.#known.get(auth, counted, () => this.#of(counted, caller));
  }

  #of({ shape, of }: Counted, caller: Caller): CallCounters {
    const paths = of.map(({ by, route }) => {
      const [outer = caller.name, ...inner] = by.map((key) => this.#part(key, caller));
      if (route !== undefined) inner.push(this.names.of('route', route));
      return { outer, inner: inner.length > 1 ? this.names.of('nested', inner.join(' ')) : inner[0] };
    });
    const keys = shape.keys(paths.map(({ outer, inner }) => stemOf(outer, inner)));
    const client = paths[0]?.outer ?? caller.name;
    // What tells callers of one client apart comes first: the estimates of spending look at the beginning.
    const id = [
      ...new Set([...paths.flatMap(({ inner = [] }) => inner), ...paths.map(({ outer }) => outer)]),
    ];
    return { client, counters: { shape, id: id.join(' '), keys } };
  }

  #part(key: LimitKey, caller: Caller): string {
    const { name, auth } = caller;
    if (key === 'organisation') return name;
    const value = this.#value(key, caller);
    const kind =
      typeof key === 'string' ? key : 'claim' in key ? `claim ${key.claim}` : `function ${key.function}`;
    if (value === undefined) return this.names.of(`no ${kind}`, name);
    const isOfIssuer = key === 'user' || key === 'client' || (typeof key === 'object' && 'claim' in key);
    return this.names.of(kind, isOfIssuer ? JSON.stringify([auth?.issuer, value]) : value);
  }

  #value(key: Exclude<LimitKey, 'organisation'>, { auth, network, value }: Caller): string | undefined {
    if (key === 'user') return auth?.subject;
    if (key === 'client') return auth?.clientId;
    if (key === 'address') return network();
    if ('function' in key) return value(key.function);
    const claim =
      auth !== undefined && Object.hasOwn(auth.claims, key.claim) ? auth.claims[key.claim] : undefined;
    return ['string', 'number', 'boolean'].includes(typeof claim) ? JSON.stringify(claim) : undefined;
  }
}
