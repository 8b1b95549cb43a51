/** The load balancer in front of the service, and its listeners. */
import { same, show, type Value } from '../../values';
import { changed, harmless, mustBe, ofChanges, reviewed, type Judge } from '../attribute-judges';
import type { Remark } from '../../grade';
import { blockOf, blocksOf } from '../../blocks';
import { named, type Rule } from '../rule';
import { IDENTITY, tlsPolicy } from './common';

export const loadBalancer: Rule = {
  types: ['aws_lb', 'aws_alb'],
  noun: named('load balancer', 'name', 'name_prefix'),
  destroyed: { grade: 'danger', loses: 'nobody reaches the service' },
  attributes: {
    ...IDENTITY,
    name: harmless,
    name_prefix: harmless,
    arn_suffix: harmless,
    dns_name: harmless,
    zone_id: harmless,
    internal: mustBe(true, 'is reached from inside alone', 'can be reached from the internet'),
    drop_invalid_header_fields: mustBe(true, 'drops malformed headers', 'passes malformed headers on'),
    enable_waf_fail_open: mustBe(
      false,
      'stops what its firewall cannot look at',
      'lets through what its firewall cannot look at',
    ),
    enable_deletion_protection: reviewed('protection from deletion'),
    security_groups: reviewed('security groups'),
    subnets: reviewed('subnets'),
    access_logs: written('access log'),
    connection_logs: written('log of connections'),
    enable_cross_zone_load_balancing: harmless,
  },
};

/** A log. AWS returns one that was not configured as one that is off. */
function written(label: string): Judge {
  const log = (value: Value | undefined): Value =>
    show(blockOf(value).enabled) === 'true' ? (value ?? null) : null;
  return ofChanges((before, after) => {
    if (same(log(before), log(after))) return undefined;
    if (log(after) === null) return { grade: 'danger', sentence: `${label}: is no longer written` };
    const remark = reviewed(label)(log(before), log(after));
    const [was, will] = [before, after].map((value) => show(blockOf(value).bucket));
    return remark && log(before) !== null && was !== will
      ? { grade: 'danger', sentence: `${remark.sentence}: it is written somewhere else` }
      : remark;
  });
}

const danger = (sentence: string): Remark => ({ grade: 'danger', sentence });

const asksForCertificate = (value: Value | undefined): boolean => show(blockOf(value).mode) === 'verify';

export const listener: Rule = {
  types: ['aws_lb_listener', 'aws_alb_listener'],
  noun: ({ before, after }) => `listener on port ${show(before.port ?? after.port)}`,
  destroyed: { grade: 'danger', loses: 'nobody reaches the service by it' },
  attributes: {
    ...IDENTITY,
    port: reviewed('port'),
    load_balancer_arn: harmless,
    protocol: (before, after) =>
      /^(HTTPS|TLS)$/.test(show(after))
        ? reviewed('protocol')(before, after)
        : { grade: 'danger', sentence: `talks ${show(after)}, without TLS` },
    ssl_policy: (before, after) => (show(after) === 'nothing' ? undefined : tlsPolicy(before, after)),
    certificate_arn: reviewed('certificate'),
    default_action: changed('what it does'),
    // AWS says what it is where it was not configured, once it is made.
    mutual_authentication: ofChanges((before, after) =>
      asksForCertificate(before) && !asksForCertificate(after)
        ? { grade: 'danger', sentence: 'asks clients for no certificate any more' }
        : reviewed('certificates of clients')(before, after),
    ),
  },
  remarks: ({ action, before, after }) => {
    if (action === 'delete') return [];
    const [was, will] = [before, after].map(({ default_action: actions }) => blocksOf(actions));
    const signsIn = (list: typeof was): boolean =>
      list?.some(({ type }) => show(type).startsWith('authenticate-')) ?? false;
    const plain = will?.some(({ redirect }) => /^http$/i.test(show(blockOf(redirect).protocol)));
    return [
      ...(signsIn(was) && !signsIn(will) ? [danger('nobody signs in any more')] : []),
      ...(plain === true ? [danger('sends clients on without TLS')] : []),
    ];
  },
};
