/** Who can reach what: security groups, subnets, routes to and from the internet. */
import type { Attributes } from '../../change';
import type { Remark } from '../../grade';
import { coverMuch } from '../../content/cidr';
import { hasUnknown, isNothing, same, show, type Value } from '../../values';
import { blocksOf } from '../../blocks';
import { IDENTITY } from './common';
import { harmless, isWide, itemsOf, mustBe, reviewed, type Judge } from '../attribute-judges';
import { named, type Rule } from '../rule';

/** A rule that is a resource of its own: the provider has a new kind and an old one. */
export const securityGroupRule: Rule = {
  types: [
    'aws_vpc_security_group_ingress_rule',
    'aws_vpc_security_group_egress_rule',
    'aws_security_group_rule',
  ],
  noun: ({ address }) => `security group rule ${address.replace(/^.*_rule\./, '')}`,
  attributes: {
    ...IDENTITY,
    security_group_id: harmless,
    security_group_rule_id: harmless,
    ...Object.fromEntries(
      [
        'cidr_ipv4',
        'cidr_ipv6',
        'cidr_blocks',
        'ipv6_cidr_blocks',
        'from_port',
        'to_port',
        'ip_protocol',
        'protocol',
        'type',
        'self',
      ].map((name) => [name, harmless]),
    ),
    prefix_list_id: harmless,
    prefix_list_ids: harmless,
    referenced_security_group_id: harmless,
    source_security_group_id: harmless,
  },
  remarks: ({ type, before, after, action }) => {
    if (action === 'delete') return [];
    const inwards = type.includes('ingress') || after.type === 'ingress';
    const [was, will] = [portsOf(before), portsOf(after)];
    if (hasUnknown(after.from_port) || ADDRESSES.some((name) => hasUnknown(after[name]))) {
      return [{ grade: 'unknown', sentence: 'who it lets in is known only after the apply' }];
    }
    const stays = was === will && same(before.security_group_id, after.security_group_id);
    return stays ? [] : [opened(inwards, will)];
  },
};

export const securityGroup: Rule = {
  types: ['aws_security_group'],
  noun: named('security group', 'name', 'name_prefix'),
  destroyed: { grade: 'notice', loses: 'what it let in is no longer let in' },
  attributes: {
    ...IDENTITY,
    name: harmless,
    name_prefix: harmless,
    owner_id: harmless,
    revoke_rules_on_delete: harmless,
    vpc_id: reviewed('network'),
    ingress: harmless,
    egress: harmless,
  },
  remarks: ({ before, after, action }) =>
    action === 'delete'
      ? []
      : (['ingress', 'egress'] as const).flatMap((direction) =>
          inline(direction, before[direction], after[direction]),
        ),
};

function inline(
  direction: 'ingress' | 'egress',
  before: Value | undefined,
  after: Value | undefined,
): Remark[] {
  if (hasUnknown(after)) {
    const whom = direction === 'ingress' ? 'whom it lets in' : 'where it lets out to';
    return [{ grade: 'unknown', sentence: `${whom} is known only after the apply` }];
  }
  const [was, will] = [blocksOf(before).map(portsOf), blocksOf(after).map(portsOf)];
  const gone = was.filter((rule) => !will.includes(rule));
  return [
    ...will.filter((rule) => !was.includes(rule)).map((rule) => opened(direction === 'ingress', rule)),
    ...gone.map((rule): Remark => ({
      grade: 'notice',
      sentence: direction === 'ingress' ? `no longer lets in ${rule}` : `no longer lets out to ${rule}`,
    })),
  ];
}

function opened(inwards: boolean, rule: string): Remark {
  const everyone = rule.endsWith('anyone');
  // A list that is kept elsewhere: who is on it, no plan tells.
  const listed = /\bpl-\w+/.test(rule);
  return {
    grade: !inwards ? 'notice' : everyone ? 'danger' : listed ? 'unknown' : 'notice',
    sentence: `${everyone ? 'opened: ' : ''}${inwards ? 'lets in' : 'lets out to'} ${rule}`,
  };
}

const ADDRESSES = [
  ...['cidr_ipv4', 'cidr_ipv6', 'cidr_blocks', 'ipv6_cidr_blocks', 'prefix_list_id', 'prefix_list_ids'],
  ...['referenced_security_group_id', 'source_security_group_id', 'security_groups'],
];

/** As in `tcp 443 of 10.0.0.0/16`. */
function portsOf(rule: Attributes): string {
  const protocol = show(rule.ip_protocol ?? rule.protocol ?? null);
  const [from, to] = [show(rule.from_port ?? null), show(rule.to_port ?? null)];
  const all = protocol === '-1' || from === '-1' || (from === '0' && to === '65535');
  const ports = all ? 'everything' : `${protocol} ${from === to ? from : `${from}–${to}`}`;
  const others = ADDRESSES.flatMap((name) => itemsOf(rule[name]));
  const whom =
    others.some(isWide) || coverMuch(others)
      ? 'anyone'
      : others.join(', ') || (rule.self === true ? 'itself' : 'nobody');
  return `${ports} of ${whom}`;
}

export const subnet: Rule = {
  types: ['aws_subnet'],
  noun: named('subnet', 'id'),
  destroyed: { grade: 'notice', loses: 'nothing runs in it any more' },
  attributes: {
    ...IDENTITY,
    map_public_ip_on_launch: mustBe(
      false,
      'gives nothing a public address',
      'gives what runs in it a public address',
    ),
    cidr_block: reviewed('addresses'),
  },
};

const leadsOut: Judge = (before, after) => {
  const internet = (value: Value | undefined): boolean => show(value).startsWith('igw-');
  if (internet(after)) return { grade: 'danger', sentence: 'leads to the internet, and from there' };
  return isNothing(after) ? undefined : reviewed('gateway')(before, after);
};

/** Routes, and what connects a network with the internet. */
export const internetAccess: Rule = {
  types: ['aws_route', 'aws_internet_gateway', 'aws_eip'],
  noun: ({ type, address }) =>
    `${{ aws_route: 'route', aws_internet_gateway: 'internet gateway', aws_eip: 'public address' }[type] ?? type} ${address}`,
  created: ({ type }) =>
    type === 'aws_route'
      ? { grade: 'notice', sentence: 'will be created' }
      : { grade: 'danger', sentence: 'is a way from the internet' },
  attributes: {
    ...IDENTITY,
    gateway_id: leadsOut,
    route_table_id: harmless,
    vpc_id: reviewed('network'),
    destination_cidr_block: reviewed('destination'),
    destination_ipv6_cidr_block: reviewed('destination'),
  },
};
