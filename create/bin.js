#!/usr/bin/env node
// What `npm create portcullis` runs: the command's own `create`, of the same version.
process.argv.splice(2, 0, 'create');
require('@portcullis/cli/bin');
