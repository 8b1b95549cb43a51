import type { EngineCache } from './cache';
import type { Note } from '../progress';
import type { Run } from '../process/run';

/** What finding or building an engine needs. */
export interface EngineContext {
  /** Owns the processes that build: they end with the run. */
  readonly run: Run;
  readonly cache: EngineCache;
  readonly note: Note;
}
