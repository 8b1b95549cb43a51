/** An instance in a process of its own: says where it serves, revokes when it is told to, tells its events. */
import type { AuthEvent, Revocation } from '@portcullis/runtime';
import { serveApp, type AppSettings } from './revocation-app';

export type ToInstance = { readonly start: AppSettings } | { readonly revoke: Revocation };

export type FromInstance =
  | { readonly url: string }
  | { readonly event: AuthEvent }
  /** What became of the revocation: nothing when it was stored, else the error's code. */
  | { readonly revoked: string | null };

const tell = (message: FromInstance): void => {
  if (process.connected) process.send?.(message);
};

let app: ReturnType<typeof serveApp> | undefined;
process.on('message', (message: ToInstance) => {
  if ('start' in message) {
    app = serveApp(message.start, (event) => tell({ event }));
    void app.then(({ url }) => tell({ url }));
  } else {
    void app
      ?.then(({ revocations }) => revocations.revoke(message.revoke))
      .then(
        () => tell({ revoked: null }),
        (error: unknown) => tell({ revoked: (error as { code: string }).code }),
      );
  }
});
process.once('disconnect', () => process.exit(0));
