/** A listener that throws must not turn a refusal into an error, nor stop what goes on behind the answers. */
export function harmless<Event>(onEvent: ((event: Event) => void) | undefined): (event: Event) => void {
  if (onEvent === undefined) return () => undefined;
  return (event) => {
    try {
      onEvent(event);
    } catch (error) {
      process.emitWarning(`onEvent threw: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
}
