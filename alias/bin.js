#!/usr/bin/env node
// Nobody else has this name: whoever had it would run in people's deploy jobs.
require('@portcullis/cli/bin');
