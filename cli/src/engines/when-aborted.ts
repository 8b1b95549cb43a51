/** Rejects with the signal's reason once it aborts, if the condition holds then. Nobody has to listen. */
export function whenAborted(signal: AbortSignal, condition = (): boolean => true): Promise<never> {
  const aborted = new Promise<never>((_resolve, reject) => {
    const end = (): void => {
      if (condition()) reject(signal.reason as Error);
    };
    if (signal.aborted) end();
    else signal.addEventListener('abort', end);
  });
  aborted.catch(() => undefined);
  return aborted;
}
