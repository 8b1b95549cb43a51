import { createProgram, run } from './program';

void run(createProgram(), process.argv.slice(2));
