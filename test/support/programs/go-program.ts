/** Programs that are published as Go modules. */
import { join } from 'node:path';
import type { EngineContext } from '../../../cli/src/engines/install/context';
import { buildGoModule, type GoModule } from '../../../cli/src/engines/install/go-module';
import { onPath } from '../../../cli/src/engines/install/on-path';

export interface GoProgram extends GoModule {
  /** Of its file. */
  readonly name: string;
}

/** Finds it on PATH, else builds it. @throws PortcullisError `ERR_ENGINE_MISSING`, `ERR_ENGINE_BUILD`, `ERR_CHECKSUM` */
export async function goProgram({ run, cache, note }: EngineContext, program: GoProgram): Promise<string> {
  const { name, version, sum } = program;
  const found = await onPath(name);
  if (found !== undefined) return found;
  const entry = await cache.entry(
    { name, version, checksum: sum },
    (folder, tell) => buildGoModule({ run, note: tell }, program, folder, name, `put \`${name}\` on PATH`),
    note,
  );
  return join(entry, name);
}
