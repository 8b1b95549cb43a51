import type { WrappedLogin } from '../../cli/src/local/service';

/** What the measured programs are told. */
export interface SecretsSettings {
  readonly vaultAddress: string;
  readonly login: WrappedLogin;
  readonly database: { readonly host: string; readonly port: number; readonly database: string };
  /** A user of its own, for the bare pool. */
  readonly bareUrl: string;
  readonly rounds: number;
  readonly seconds: number;
  readonly rotations: number;
}

/** Of both pools. */
export const POOL_SIZE = 8;

/** Rotations after which a process' heap has grown to its size. */
export const SETTLED_AFTER = 1_000;
