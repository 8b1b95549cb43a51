/** WAFv2: what a web ACL stops. */
import type { Remark } from '../../grade';
import { isNothing, isRecord, same, show, type Value } from '../../values';
import { blockOf, blocksOf } from '../../blocks';
import { IDENTITY } from './common';
import { changed, harmless, ofChanges, reviewed } from '../attribute-judges';
import { named, type Rule } from '../rule';

export const firewall: Rule = {
  types: ['aws_wafv2_web_acl'],
  noun: named('firewall', 'name'),
  destroyed: { grade: 'danger', loses: 'firewall removed: attacks reach the API' },
  attributes: {
    ...IDENTITY,
    name: harmless,
    scope: reviewed('scope'),
    capacity: harmless,
    lock_token: harmless,
    application_integration_url: harmless,
    visibility_config: harmless,
    default_action: harmless,
    rule: harmless,
    rule_json: changed('rules'),
    custom_response_body: changed('answers'),
  },
  remarks: ({ before, after, action }) => {
    if (action === 'create' || action === 'delete') return [];
    const [was, will] = [rulesOf(before.rule), rulesOf(after.rule)];
    return [
      ...defaultAction(before.default_action, after.default_action),
      ...[...was].flatMap(([name, rule]) => compareRule(name, rule, will.get(name))),
      ...[...will.keys()]
        .filter((name) => !was.has(name))
        .map((name): Remark =>
          lets(will.get(name) ?? {})
            ? { grade: 'danger', sentence: `new rule ${name}, which lets through what it is about` }
            : { grade: 'notice', sentence: `new rule ${name}` },
        ),
    ];
  },
};

type Fields = Record<string, Value>;

function rulesOf(value: Value | undefined): Map<string, Fields> {
  return new Map(blocksOf(value).map((rule) => [show(rule.name), rule]));
}

function defaultAction(before: Value | undefined, after: Value | undefined): Remark[] {
  const blocks = (value: Value | undefined): boolean => !isNothing(blockOf(value).block);
  return blocks(before) && !blocks(after)
    ? [{ grade: 'danger', sentence: 'lets through what no rule is about' }]
    : [];
}

function compareRule(name: string, was: Fields, will: Fields | undefined): Remark[] {
  if (!will) return [{ grade: 'danger', sentence: `rule ${name} removed` }];
  if (stops(was) && !stops(will)) {
    return [{ grade: 'danger', sentence: `rule ${name} only counts what it would stop` }];
  }
  const counted = countedIn(will).filter((part) => !countedIn(was).includes(part));
  const [limit, before] = [limitOf(will), limitOf(was)];
  if (counted.length > 0) {
    return [{ grade: 'danger', sentence: `rule ${name} no longer stops ${counted.join(', ')}` }];
  }
  if (limit !== before) {
    const sentence = `rule ${name}: limit of an address ${before ?? 'none'} → ${limit ?? 'none'}`;
    return [{ grade: (limit ?? Infinity) > (before ?? Infinity) ? 'danger' : 'notice', sentence }];
  }
  const differs = Object.keys({ ...was, ...will }).filter((part) => !same(was[part], will[part]));
  if (differs.length === 0) return [];
  // What it is about, or which rule decides before it: less may be stopped.
  const grade = differs.every((part) => part === 'visibility_config' || part === 'rule_label')
    ? 'notice'
    : 'unknown';
  return [{ grade, sentence: `rule ${name} changes` }];
}

/** Whether a rule ends the look at a request by letting it through. */
function lets(rule: Fields): boolean {
  return !isNothing(blockOf(rule.action).allow);
}

/** Whether a rule blocks: by its own action, or by those of its rule group unless they are overridden. */
function stops(rule: Fields): boolean {
  const { count, allow } = blockOf(rule.action);
  return isNothing(count) && isNothing(allow) && isNothing(blockOf(rule.override_action).count);
}

/** The rules of a group that no longer block, because their action is overridden. */
function countedIn(rule: Fields): string[] {
  const group = blockOf(blockOf(rule.statement).managed_rule_group_statement);
  return blocksOf(group.rule_action_override)
    .filter(({ action_to_use: action }) => isNothing(blockOf(action).block))
    .map(({ name }) => show(name));
}

function limitOf(rule: Fields): number | undefined {
  const { limit } = blockOf(blockOf(rule.statement).rate_based_statement);
  return typeof limit === 'number' ? limit : undefined;
}

/** What a firewall stands in front of, and where it logs. */
export const firewallUse: Rule = {
  types: ['aws_wafv2_web_acl_association', 'aws_wafv2_web_acl_logging_configuration'],
  noun: ({ type, address }) =>
    `${type.endsWith('association') ? 'firewall of' : 'log of the firewall'} ${address}`,
  destroyed: { grade: 'danger', loses: 'firewall no longer in the way, or nothing says what it stopped' },
  attributes: {
    resource_arn: reviewed('what it is in front of'),
    web_acl_arn: reviewed('firewall'),
    log_destination_configs: ofChanges((before, after) => ({
      grade: 'danger',
      sentence: `log ${show(before)} → ${show(after)}: it is written somewhere else`,
    })),
    redacted_fields: (before, after) =>
      before !== undefined && blocksOf(after).length < blocksOf(before).length
        ? { grade: 'danger', sentence: 'the log shows more of each request' }
        : reviewed('what the log leaves out')(before, after),
    logging_filter: (before, after) =>
      isRecord(blockOf(after)) && !isNothing(after) && isNothing(before)
        ? { grade: 'danger', sentence: 'the log leaves requests out' }
        : changed('what is logged')(before, after),
  },
};
