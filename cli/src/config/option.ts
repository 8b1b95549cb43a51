import type { Command } from 'commander';

export interface ConfigOption {
  /** Names the config. @default the nearest, from the working directory upwards */
  readonly config?: string;
}

/** For a command that reads the config. */
export function readsConfig(command: Command): Command {
  return command.option('--config <file>', 'the config to read (default: the nearest portcullis.config.ts)');
}
