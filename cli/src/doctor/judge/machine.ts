import major from 'semver/functions/major';
import satisfies from 'semver/functions/satisfies';
import { isAtLeast } from '../../engines/install/version';
import { findingsOf, type Finding } from '../finding';

export interface Machine {
  /** As `process.versions.node`. */
  readonly node: string;
  /** The engine that plans and applies, as it would be found. */
  readonly engine: { readonly at: string; readonly version: string; readonly named: boolean } | undefined;
  /** Whether an engine is in the cache, where PATH has none. */
  readonly cached: boolean;
  /** `cdktf-cli` of the project, where it has one. */
  readonly cdktfCli: { readonly version: string; readonly nodePty: string | undefined } | undefined;
}

const { right, wrong, unknown } = findingsOf('machine');

/** Older versions, 21 and the first of 22 cannot `require()` ES modules. Each package's `engines` say the same. */
export const SUPPORTED_NODES = '^20.19.0 || >=22.12.0';
const OLDEST_ENGINE = '1.11';
/**
 * The terminal that cdktf-cli depends on. It has binaries for Node 22 and older; for newer ones it needs a compiler.
 */
export const NODE_PTY = '@cdktf/node-pty-prebuilt-multiarch';
/** What stands in for it: the same interface, with binaries for newer versions. */
const OVERRIDE = 'npm:@lydell/node-pty@1.1.0';

/** What is wrong with this machine. */
export function judgeMachine({ node, ...machine }: Machine): Finding[] {
  return [
    satisfies(node, SUPPORTED_NODES, { includePrerelease: true })
      ? right(`Node ${node}`)
      : wrong(
          `Node ${node}; expected 20.19 or newer of that line, or 22.12 or newer`,
          'install Node 24: nvm install 24',
        ),
    judgeEngine(machine),
    ...judgeCdktf(node, machine.cdktfCli),
  ];
}

function judgeEngine({ engine, cached }: Pick<Machine, 'engine' | 'cached'>): Finding {
  const install = `install OpenTofu, https://opentofu.org/docs/intro/install, or Terraform ${OLDEST_ENGINE}`;
  if (engine === undefined)
    return cached
      ? right('OpenTofu, built once and kept in the cache')
      : unknown(
          'no tofu or terraform on PATH: the first plan builds OpenTofu from its sources, with Go',
          install,
        );
  if (isAtLeast(engine.version, OLDEST_ENGINE)) return right(`${engine.at} ${engine.version}`);
  const found = `${engine.at} is ${engine.version}; expected ${OLDEST_ENGINE} or newer`;
  return wrong(found, engine.named ? 'unset TERRAFORM_BINARY_NAME, or name a newer engine' : install);
}

function judgeCdktf(node: string, cdktf: Machine['cdktfCli']): Finding[] {
  if (cdktf === undefined) return [];
  const name = `cdktf-cli ${cdktf.version}`;
  const needsOverride = major(node) >= 24 && cdktf.nodePty === NODE_PTY;
  return needsOverride
    ? [
        wrong(
          `${name} ends on Node ${node}: ${NODE_PTY} has no binary for it`,
          `npm pkg set "overrides.${NODE_PTY}=${OVERRIDE}" && npm install`,
        ),
      ]
    : [right(name)];
}
