/** A task definition in the words of Docker's API. Nothing of it is dropped in silence. */
import type { ContainerDefinition, TaskDefinition } from '@aws-sdk/client-ecs';
import type { ContainerBody } from '../support/containers/container-engine';

type Said = Partial<Record<string, unknown>> & { readonly HostConfig?: Readonly<Record<string, unknown>> };

const NANO = 1_000_000_000;
const MIB = 1_048_576;
/** CPU units of one vCPU. */
const UNITS = 1_024;

type Reader<Name extends keyof ContainerDefinition> = (value: NonNullable<ContainerDefinition[Name]>) => Said;

/** What each field means to Docker: `{}` where ECS reads it for itself. */
const READERS: { readonly [Name in keyof ContainerDefinition]?: Reader<Name> } = {
  name: () => ({}),
  // Built here, from the same Dockerfile: there is no registry that has it by that digest.
  image: () => ({}),
  // There is one container, and the task ends with it.
  essential: () => ({}),
  // A container has an address of its own, as a task of `awsvpc` has, and every port of it.
  portMappings: () => ({}),
  // Kept by the engine in place of CloudWatch.
  logConfiguration: () => ({}),
  entryPoint: (Entrypoint) => ({ Entrypoint }),
  command: (Cmd) => ({ Cmd }),
  user: (User) => ({ User }),
  environment: (variables) => ({ Env: variables.map(({ name, value }) => `${name ?? ''}=${value ?? ''}`) }),
  stopTimeout: (StopTimeout) => ({ StopTimeout }),
  readonlyRootFilesystem: (ReadonlyRootfs) => ({ HostConfig: { ReadonlyRootfs } }),
  linuxParameters: ({ initProcessEnabled: Init = false, capabilities = {}, ...others }) => {
    refuseOthers('linuxParameters', others);
    return { HostConfig: { Init, CapDrop: capabilities.drop ?? [], CapAdd: capabilities.add ?? [] } };
  },
  healthCheck: ({ command, interval = 30, timeout = 5, retries = 3, startPeriod = 0 }) => ({
    Healthcheck: {
      Test: command,
      Interval: interval * NANO,
      Timeout: timeout * NANO,
      Retries: retries,
      StartPeriod: startPeriod * NANO,
    },
  }),
};

/**
 * How Docker starts the task's container: its entry, environment, user, file system, capabilities, health check, memory and
 * CPU as they stand there.
 *
 * @throws Error that names every field which says something that is not known here.
 */
export function asDefined({ containerDefinitions = [], cpu, memory }: TaskDefinition): ContainerBody {
  const [definition, ...more] = containerDefinitions;
  if (definition === undefined || more.length > 0)
    throw new Error(`expected one container, received ${containerDefinitions.length}`);
  const { HostConfig, ...fields } = Object.entries(definition).reduce<Said>((all, [name, value]) => {
    const said = readField(name, value);
    return { ...all, ...said, HostConfig: { ...all.HostConfig, ...said.HostConfig } };
  }, {});
  const Memory = Number(memory) * MIB;
  return {
    ...fields,
    HostConfig: { ...HostConfig, Memory, MemorySwap: Memory, NanoCpus: (Number(cpu) / UNITS) * NANO },
  };
}

function readField(name: string, value: unknown): Said {
  const reader = READERS[name as keyof ContainerDefinition] as ((given: unknown) => Said) | undefined;
  if (reader !== undefined && !isNothing(value)) return reader(value);
  refuseOthers('the container', { [name]: value });
  return {};
}

function refuseOthers(where: string, fields: Readonly<Record<string, unknown>>): void {
  const unknown = Object.entries(fields).filter(([name, value]) => !(name in READERS) && !isNothing(value));
  if (unknown.length === 0) return;
  const names = unknown.map(([name, value]) => `${name} (${JSON.stringify(value)})`).join(', ');
  throw new Error(
    `${where} has ${names}, and nothing here says what Docker has to be told: add it to READERS`,
  );
}

/** What AWS answers for a field that nobody set. */
function isNothing(value: unknown): boolean {
  return value === undefined || value === null || value === 0 || (Array.isArray(value) && value.length === 0);
}
