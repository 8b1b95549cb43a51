#!/usr/bin/env node
/**
 * `portcullis`, as packages install it. Whoever imports this runs it; it exports nothing.
 *
 * @module @portcullis/cli/bin
 */
import { COMMANDS } from './program';
import { runProcess } from './run-process';

void runProcess(COMMANDS);
