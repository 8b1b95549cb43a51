#!/usr/bin/env node
/** `portcullis`, as packages install it. */
import { COMMANDS } from './program';
import { runProcess } from './run-process';

void runProcess(COMMANDS);
