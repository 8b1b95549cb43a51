/** The provider's own process: waits for its settings over IPC, serves, and ends with its parent. */
import Provider from 'oidc-provider';
import { providerConfiguration } from './configuration';
import type { OidcSettings } from './settings';

process.once('message', (settings: OidcSettings) => {
  const provider = new Provider(settings.issuer, providerConfiguration(settings));
  provider.on('server_error', (_context, error) => console.error(error));
  const server = provider.listen(settings.port, settings.host, () => process.send?.(null));
  server.once('error', (error) => process.send?.(error.message, () => process.exit(1)));
});
process.once('disconnect', () => process.exit(0));
