/** Stores of data: logs, keys, parameters, ElastiCache. How long they keep it, and under whose key. */
import { isNothing, numberOf, same, show, type Value } from '../../values';
import { aclRulesIn, isPowerfulAclRule } from '../../content/commands';
import { compareDocuments } from '../../content/iam/compare';
import { blockOf } from '../../blocks';
import { IDENTITY, kept } from './common';
import {
  allowance,
  changed,
  harmless,
  itemsOf,
  mustBe,
  ofChanges,
  reviewed,
  type Judge,
} from '../attribute-judges';
import { named, type Rule } from '../rule';

/** A number of days, where fewer are weaker and 0 stands for ever. */
function daysKept(label: string): Judge {
  /** @param unread what stands for a value that is no number here, as one of more digits than are exact: the worse one. */
  const days = (value: Value | undefined, unread: number): number => {
    const number = Number(value ?? 0);
    return Number.isNaN(number) ? unread : number || Infinity;
  };
  const say = (value: Value | undefined): string =>
    days(value, 0) === Infinity ? 'for ever' : `${show(value)} days`;
  return ofChanges((before, after) => ({
    grade: days(after, 0) < days(before, Infinity) ? 'danger' : 'notice',
    sentence: `${label} ${say(before)} → ${say(after)}`,
  }));
}

const encryptionKey = ofChanges((before, after) =>
  !isNothing(before) && isNothing(after)
    ? { grade: 'danger', sentence: 'is no longer encrypted by a key of its own' }
    : reviewed('key')(before, after),
);

export const logGroup: Rule = {
  types: ['aws_cloudwatch_log_group'],
  noun: named('log', 'name', 'name_prefix'),
  destroyed: { grade: 'danger', loses: 'what it recorded is gone', forGood: () => true },
  attributes: {
    ...IDENTITY,
    name: harmless,
    log_group_class: harmless,
    skip_destroy: harmless,
    retention_in_days: daysKept('is kept'),
    kms_key_id: encryptionKey,
  },
};
export const key: Rule = {
  types: ['aws_kms_key'],
  noun: named('key', 'description', 'id'),
  destroyed: { grade: 'danger', loses: 'what it encrypted can be read by nobody', forGood: () => true },
  attributes: {
    ...IDENTITY,
    policy: harmless,
    key_id: harmless,
    multi_region: reviewed('regions'),
    customer_master_key_spec: reviewed('kind'),
    key_usage: reviewed('use'),
    bypass_policy_lockout_safety_check: (before, after) =>
      after === true
        ? { grade: 'danger', sentence: 'takes a policy by which nobody could change it any more' }
        : before === undefined
          ? undefined
          : { grade: 'notice', sentence: 'takes no policy by which nobody could change it any more' },
    rotation_period_in_days: ofChanges((before, after) => ({
      grade: numberOf(after) <= numberOf(before) || isNothing(before) ? 'notice' : 'danger',
      sentence: `days between rotations ${show(before)} → ${show(after)}`,
    })),
    is_enabled: mustBe(true, 'is enabled', 'is disabled: what it encrypted cannot be read'),
    enable_key_rotation: mustBe(true, 'is rotated', 'is not rotated'),
    deletion_window_in_days: daysKept('can be had back after a deletion for'),
  },
  remarks: ({ before, after, action }) =>
    action === 'delete' ? [] : compareDocuments(before.policy, after.policy),
};

export const parameter: Rule = {
  types: ['aws_ssm_parameter'],
  noun: named('parameter', 'name'),
  attributes: {
    ...IDENTITY,
    name: reviewed('name'),
    type: (before, after) =>
      before === 'SecureString' && after !== 'SecureString'
        ? { grade: 'danger', sentence: 'is no longer encrypted' }
        : reviewed('type')(before, after),
    value: () => undefined,
    insecure_value: () => undefined,
    value_wo: harmless,
    has_value_wo: harmless,
    version: harmless,
    data_type: harmless,
    tier: harmless,
    key_id: encryptionKey,
  },
  remarks: ({ before, after, action }) => {
    const changed = ['value', 'insecure_value'].some((name) => !same(before[name], after[name]));
    return action === 'update' && changed ? [{ grade: 'notice', sentence: 'has another value' }] : [];
  },
};

export const store: Rule = {
  types: ['aws_elasticache_replication_group'],
  noun: named('store', 'replication_group_id'),
  destroyed: { grade: 'danger', loses: 'counters and revocations are gone', forGood: () => true },
  attributes: {
    ...IDENTITY,
    replication_group_id: harmless,
    at_rest_encryption_enabled: mustBe(true, 'is encrypted on disk', 'is not encrypted on disk'),
    transit_encryption_enabled: mustBe(true, 'talks TLS', 'talks without TLS'),
    transit_encryption_mode: (before, after) =>
      after === 'preferred'
        ? { grade: 'danger', sentence: 'talks without TLS too' }
        : reviewed('TLS')(before, after),
    kms_key_id: encryptionKey,
    user_group_ids: (before, after) =>
      isNothing(after)
        ? { grade: 'danger', sentence: 'lets in without a user' }
        : allowance('groups of users that it lets in')(before, after),
    security_group_ids: reviewed('who reaches it'),
    parameter_group_name: reviewed('parameters'),
    automatic_failover_enabled: mustBe(
      true,
      'fails over',
      'does not fail over: limits are off while it is down',
    ),
    multi_az_enabled: mustBe(true, 'is in several zones', 'is in one zone'),
    engine: reviewed('engine'),
    engine_version: reviewed('version'),
    node_type: reviewed('nodes'),
    log_delivery_configuration: kept('log', 'writes no log'),
  },
};

export const storeUser: Rule = {
  types: ['aws_elasticache_user'],
  noun: named('user of the store', 'user_name', 'user_id'),
  destroyed: { grade: 'danger', loses: 'whoever signs in with it no longer can' },
  attributes: {
    ...IDENTITY,
    user_id: harmless,
    user_name: harmless,
    engine: harmless,
    access_string: accessString(),
    no_password_required: mustBe(false, 'needs a password', 'needs no password'),
    authentication_mode: (before, after) =>
      show(blockOf(after).type).includes('no-password')
        ? { grade: 'danger', sentence: 'needs no password' }
        : changed('how it signs in')(before, after),
    passwords: () => ({ grade: 'danger', sentence: 'has a password that the state keeps' }),
  },
};

/** Compares the rules of a Redis ACL one by one. */
function accessString(): Judge {
  const rules = (value: Value | undefined): string[] => itemsOf(value).flatMap(aclRulesIn);
  return (before, after) => {
    const gained = rules(after).filter((rule) => !rules(before).includes(rule));
    const lost = rules(before).filter((rule) => !rules(after).includes(rule));
    // The default user of an account has these too, and is off.
    const off = rules(after).findLast((rule) => /^(on|off)$/i.test(rule)) === 'off';
    const wide = gained.filter((rule) => rule === 'on' || isPowerfulAclRule(rule));
    if (wide.length > 0 && !off && !(before === undefined && wide.join() === 'on')) {
      return { grade: 'danger', sentence: `what it may do: gains ${wide.join(' ')}` };
    }
    if (before === undefined) return undefined;
    const parts = [
      gained.length > 0 && `gains ${gained.join(' ')}`,
      lost.length > 0 && `loses ${lost.join(' ')}`,
    ];
    const denials = lost.some((rule) => /^(-|reset|off$)/.test(rule));
    return {
      grade: denials ? 'danger' : 'notice',
      sentence: `what it may do: ${parts.filter(Boolean).join(', ')}`,
    };
  };
}
