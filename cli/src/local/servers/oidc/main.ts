/** The provider's own process: waits for its settings over IPC, serves, and ends with its parent. */
import { createServer, type RequestListener } from 'node:http';
import Provider, { type AdapterFactory } from 'oidc-provider';
import { providerConfiguration } from './configuration';
import { dataFile } from './data-file';
import { interactions } from './interactions';
import type { OidcSettings } from './settings';

let data: AdapterFactory | undefined;
let handle: RequestListener = (_req, res) => void res.writeHead(503).end();
const server = createServer((req, res) => handle(req, res));

/** New settings make a new provider on the same port and data, and no request is lost meanwhile. */
process.on('message', (settings: OidcSettings) => {
  data ??= dataFile(settings.dataFile);
  const provider = new Provider(settings.issuer, providerConfiguration(settings, data));
  // Whoever is reached by https only is so by a proxy, which says how it was asked.
  provider.proxy = settings.issuer.startsWith('https:');
  provider.on('server_error', (_context, error) => console.error(error));
  provider.use(interactions(provider, settings.people));
  const callback = provider.callback();
  handle = (req, res) => void callback(req, res);
  const told = (): void => void process.send?.(null);
  if (server.listening) told();
  else server.listen(settings.port, settings.host, told);
});
server.once('error', (error) => process.send?.(error.message, () => process.exit(1)));
process.once('disconnect', () => process.exit(0));
