#!/usr/bin/env node
/**
 * `portcullis`, as packages install it. Whoever imports this runs it; it exports nothing.
 *
 * @module @portcullis/cli/bin
 */
import { COMMANDS } from './program';
import { runProcess } from './run-process';
import { calledAs } from './terminal/command-name';

void runProcess(COMMANDS, calledAs(process.argv[1] ?? '', process.cwd(), process.env));
