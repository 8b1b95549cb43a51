const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** Whether an address is https, or plain http that cannot leave this machine. */
export function isHttpsOrLoopback(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.includes(hostname));
}
