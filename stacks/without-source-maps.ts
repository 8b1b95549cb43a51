/**
 * Imported before anything else: with source maps, each module that loads has its own read, and cdktf traces every token
 * back to its source. Together that is a fifth of a synthesis, for nobody to read.
 */
if (!process.env.PORTCULLIS_TRACE) process.setSourceMapsEnabled(false);
