/**
 * Turns off what traces a synthesis back to its sources; to be imported before anything else. Node would read the source
 * map of every module that it loads, and cdktf would note for each of its many thousand tokens by which calls it came to be.
 * That takes a third of a synthesis, and nobody reads it. Errors keep their stacks.
 */
if (!process.env.PORTCULLIS_TRACE) {
  process.setSourceMapsEnabled(false);
  const capture = Error.captureStackTrace.bind(Error);
  Error.captureStackTrace = (target, below) => {
    // cdktf asks for the calls of a plain object.
    if (target instanceof Error) capture(target, below);
  };
}
