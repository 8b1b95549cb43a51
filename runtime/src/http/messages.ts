import type { Express } from '../peer-types';
import { IncomingMessage, ServerResponse, type ServerOptions } from 'node:http';

export type MessageClasses = Required<Pick<ServerOptions, 'IncomingMessage' | 'ServerResponse'>>;

/**
 * Options for `http.createServer()` and `https.createServer()` with which each request and answer is the app's from
 * its birth, as Express would make it: what Express and its middleware then do costs a third of what it costs behind
 * `app.listen()`.
 *
 * Express gives every request and answer its own prototypes by `Object.setPrototypeOf()`. In the V8 of Node 20 no
 * object shares its shape with another any more after that: each property that is added makes a shape for itself,
 * and every access that follows is looked up as if it were the first. Where the prototype is the right one already,
 * nothing happens.
 *
 * @throws TypeError for anything but an app, such as a router: its requests are those of the app that it is mounted in.
 *
 * @example
 * createServer(messagesOf(app), app).listen(8080);
 */
export function messagesOf(app: Express): MessageClasses {
  const { request, response } = (app as Partial<Express> | undefined) ?? {};
  if (typeof request !== 'object' || typeof response !== 'object') {
    throw new TypeError(
      'messagesOf() expected the app that express() returns; give it the app that the router is mounted in',
    );
  }
  return {
    IncomingMessage: withPrototype(IncomingMessage, request),
    ServerResponse: withPrototype(ServerResponse, response),
  };
}

/** The same constructor, for objects that inherit from `prototype`. It is no class, because a class has a prototype of its own. */
function withPrototype<Base extends typeof IncomingMessage | typeof ServerResponse>(
  base: Base,
  prototype: object,
): Base {
  function Message(this: object, ...args: readonly unknown[]): void {
    Reflect.apply(base as unknown as (...args: readonly unknown[]) => void, this, args);
  }
  Message.prototype = prototype;
  return Object.setPrototypeOf(Message, base) as Base;
}
