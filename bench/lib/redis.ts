import { createClient } from 'redis';

/** A connected node-redis client. */
export async function nodeRedis(url: string) {
  const client = createClient({ url });
  client.on('error', (error) => console.error(error));
  await client.connect();
  return client;
}
