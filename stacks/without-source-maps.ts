/**
 * Turns source maps off; to be imported before anything else. With them, Node reads the map of every module that it
 * loads, and cdktf traces every token back to its source. That takes a fifth of a synthesis, and nobody reads it.
 */
if (!process.env.PORTCULLIS_TRACE) process.setSourceMapsEnabled(false);
