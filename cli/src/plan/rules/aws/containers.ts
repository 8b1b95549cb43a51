/** Containers on ECS: what a task definition runs, and the service that keeps it running. */
import type { Change } from '../../change';
import type { Remark } from '../../grade';
import { isNothing, isRecord, same, show, type Value } from '../../values';
import { harmless, mustBe, reviewed, type Judge } from '../attribute-judges';
import { blockOf, blocksOf } from '../../blocks';
import { named, type Rule } from '../rule';
import { weakened } from '../../content/settings';
import { IDENTITY } from './common';

export const taskDefinition: Rule = {
  types: ['aws_ecs_task_definition'],
  noun: named('task', 'family'),
  // Every change makes a new revision.
  destroyed: { grade: 'notice', loses: 'nothing new starts from this revision' },
  attributes: {
    ...IDENTITY,
    family: harmless,
    revision: harmless,
    arn_without_revision: harmless,
    container_definitions: harmless,
    enable_fault_injection: harmless,
    track_latest: harmless,
    skip_destroy: harmless,
    cpu: reviewed('CPU'),
    memory: reviewed('memory'),
    task_role_arn: reviewed('role'),
    execution_role_arn: reviewed('role that starts it'),
    network_mode: ofTheHost('network'),
    pid_mode: ofTheHost('processes that it sees'),
    ipc_mode: ofTheHost('memory that it shares'),
  },
  remarks: (change) => [...compareContainers(change), ...hostFolders(change)],
};

function hostFolders({ before, after }: Change): Remark[] {
  const [was, will] = [before, after].map(({ volume }) =>
    blocksOf(volume).flatMap(({ host_path: path }) => (isNothing(path) ? [] : [show(path)])),
  );
  return will?.some((path) => was?.includes(path) !== true)
    ? [{ grade: 'danger', sentence: 'mounts a folder of its machine' }]
    : [];
}

function ofTheHost(label: string): Judge {
  return (before, after) =>
    after === 'host'
      ? { grade: 'danger', sentence: `${label}: that of the machine` }
      : reviewed(label)(before, after);
}

type Container = Record<string, unknown>;

function compareContainers({ before, after, action }: Change): Remark[] {
  if (action === 'delete' || action === 'forget') return [];
  const [was, will] = [containersOf(before.container_definitions), containersOf(after.container_definitions)];
  if (!was || !will) return [{ grade: 'unknown', sentence: 'its containers cannot be read from the plan' }];
  const gone = [...was.keys()].filter((name) => !will.has(name));
  return [
    ...gone.map((name): Remark => ({
      grade: 'unknown',
      sentence: `container ${name} is no longer beside the others`,
    })),
    ...[...will].flatMap(([name, container]) => [
      ...weaknesses(container)
        .filter((weakness) => !weaknesses(was.get(name) ?? {}, false).includes(weakness))
        .map((weakness): Remark => ({ grade: 'danger', sentence: `container ${name} ${weakness}` })),
      ...differences(name, was.get(name), container),
    ]),
  ];
}

/** @param present a container that is not there has no weakness. */
function weaknesses(container: Container, present = Object.keys(container).length > 0): string[] {
  if (!present && Object.keys(container).length === 0) return [];
  const { image, user, privileged, readonlyRootFilesystem, linuxParameters } = container;
  const capabilities = isRecord(linuxParameters) ? linuxParameters.capabilities : undefined;
  const drop = isRecord(capabilities) && Array.isArray(capabilities.drop) ? capabilities.drop : [];
  const added = isRecord(capabilities) && Array.isArray(capabilities.add) ? capabilities.add : [];
  return [
    !/@sha256:[0-9a-f]{64}$/.test(String(image)) && 'runs whatever its tag names at the time',
    /^(|root|0)(:.*)?$/.test(typeof user === 'string' ? user : '') && 'runs as root',
    privileged === true && 'is privileged: it is as good as the machine',
    readonlyRootFilesystem !== true && 'can write to its own files',
    !drop.includes('ALL') && 'keeps capabilities of root',
    added.length > 0 && `has the capabilities ${added.join(', ')}`,
    isRecord(linuxParameters) && !isNothing(linuxParameters.devices) && 'has devices of its machine',
  ].filter((weakness) => weakness !== false);
}

function differences(name: string, was: Container | undefined, will: Container): Remark[] {
  if (!was) return [{ grade: 'notice', sentence: `new container ${name}` }];
  const changed = [...new Set([...Object.keys(was), ...Object.keys(will)])].filter(
    // AWS returns an empty list where none was given; same() takes both for nothing.
    (part) => !same(was[part] as Value, will[part] as Value),
  );
  const unlogged = !isNothing(was.logConfiguration) && isNothing(will.logConfiguration);
  const environments = [was, will].map((container) => settingsOf(container, 'environment'));
  const weaker = weakened(environments[0] ?? new Map(), environments[1] ?? new Map());
  return [
    ...(weaker === undefined ? [] : [danger(`container ${name}: ${weaker}`)]),
    ...(unlogged ? [danger(`container ${name} writes no log any more`)] : []),
    ...changed.sort().map((part) => difference(name, part, was, will)),
  ];
}

const danger = (sentence: string): Remark => ({ grade: 'danger', sentence });

/** A value may be a secret, by mistake. A name is enough to look it up. */
function difference(name: string, part: string, was: Container, will: Container): Remark {
  if (part !== 'image')
    return { grade: 'notice', sentence: `container ${name}: ${part}${namesIn(part, was, will)} changes` };
  const sentence = `container ${name} runs ${String(will.image)}`;
  return repositoryOf(was.image) === repositoryOf(will.image)
    ? { grade: 'notice', sentence }
    : { grade: 'danger', sentence: `${sentence}, of another repository` };
}

/** `registry.example.com:5000/api:1@sha256:…` → `registry.example.com:5000/api`. */
const repositoryOf = (image: unknown): string =>
  String(image)
    .replace(/@.*$/, '')
    .replace(/:[^/:]*$/, '');

function namesIn(part: string, was: Container, will: Container): string {
  if (part !== 'environment' && part !== 'secrets') return '';
  const [before, after] = [settingsOf(was, part), settingsOf(will, part)];
  const names = new Set([...before.keys(), ...after.keys()]);
  return ` (${[...names].filter((name) => before.get(name) !== after.get(name)).join(', ')})`;
}

/** What a container is given by name. A secret is where it is read from. */
function settingsOf(container: Container, part: 'environment' | 'secrets'): Map<string, string> {
  const entries = Array.isArray(container[part]) ? (container[part] as unknown[]) : [];
  return new Map(
    entries.filter(isRecord).map(({ name, value, valueFrom }) => [String(name), String(value ?? valueFrom)]),
  );
}

function containersOf(text: Value | undefined): Map<string, Container> | undefined {
  if (text === undefined || text === null) return new Map();
  if (typeof text !== 'string') return undefined;
  try {
    const containers = (JSON.parse(text) as unknown[]).filter(isRecord);
    return new Map(containers.map((container) => [String(container.name), container]));
  } catch {
    return undefined;
  }
}

export const ecsService: Rule = {
  types: ['aws_ecs_service'],
  noun: named('service', 'name'),
  destroyed: { grade: 'danger', loses: 'nothing serves the API' },
  attributes: {
    ...IDENTITY,
    name: harmless,
    cluster: harmless,
    task_definition: reviewed('task that it runs'),
    desired_count: harmless,
    network_configuration: harmless,
    triggers: harmless,
    availability_zone_rebalancing: harmless,
    enable_execute_command: mustBe(false, 'lets nobody in', 'lets people open a shell in it'),
    deployment_circuit_breaker: reviewed('what a failed deploy does'),
  },
  remarks: ({ before, after, action }) => {
    if (action === 'delete') return [];
    const [was, will] = [blockOf(before.network_configuration), blockOf(after.network_configuration)];
    const isNew = action === 'create';
    const judged = [
      show(was.assign_public_ip) !== show(will.assign_public_ip) &&
        mustBe(
          false,
          'has private addresses alone',
          'has a public address',
        )(isNew ? undefined : was.assign_public_ip, will.assign_public_ip ?? false),
      !isNew &&
        show(was.subnets) !== show(will.subnets) &&
        reviewed('subnets')(was.subnets ?? null, will.subnets ?? null),
      !isNew &&
        show(was.security_groups) !== show(will.security_groups) &&
        reviewed('security groups')(was.security_groups ?? null, will.security_groups ?? null),
    ];
    return judged.filter((remark) => remark !== false && remark !== undefined);
  },
};
