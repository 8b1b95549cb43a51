/**
 * The whole of an answer as text, where it is no longer than that.
 *
 * @param who for the message: who answers.
 * @throws Error with the code `ANSWER_TOO_LONG`; what reading throws
 */
export async function readBounded(
  body: AsyncIterable<unknown>,
  largest: number,
  who: string,
): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > largest)
      throw Object.assign(new Error(`${who} sent more than ${largest} bytes`), { code: 'ANSWER_TOO_LONG' });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
