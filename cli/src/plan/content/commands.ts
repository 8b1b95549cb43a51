/** Texts that databases, clusters and stores take as orders: grants in SQL, rules of a Redis ACL, rules of RBAC. */
import type { Remark } from '../grade';
import type { Leaf } from './leaves';
import { beyondTheLease, powersInSql } from './sql';

/** Rules of a Redis ACL that reach every key, or the server itself. */
const ACL_POWER =
  /^([~&][*?[].*|%[RW]+~[*?[].*|allkeys|allchannels|allcommands|nopass|\+@(all|admin|dangerous|scripting)|\+(config|module|debug|slaveof|replicaof|shutdown|migrate|monitor|cluster|failover|sync|psync|flushall|flushdb|function|keys|randomkey|restore|save|bgsave|bgrewriteaof|swapdb|acl|client)(\|(?!whoami|save|setinfo|setname|getname|id|no-evict)[\w-]+)?)$/i;

export function isPowerfulAclRule(rule: string): boolean {
  return ACL_POWER.test(rule);
}

/** The rules of an ACL; those of its selectors, which stand in parentheses (Redis 7), too. */
export function aclRulesIn(text: string): string[] {
  return text.split(/[\s()]+/).filter((rule) => rule !== '');
}

/** Undefined where a text is neither. */
export function judgeCommand({ path, value }: Leaf): Remark | undefined {
  if (typeof value !== 'string') return undefined;
  const isLease = /_statements?$/.test(path);
  if (isLease || /^\s*(GRANT|CREATE (ROLE|USER)|ALTER (ROLE|USER|DEFAULT)|REVOKE|DROP)\b/i.test(value)) {
    const [power] = [...powersInSql(value), ...(isLease ? beyondTheLease(value) : [])];
    // Its first words: what follows may be a password.
    if (power !== undefined)
      return { grade: 'danger', sentence: `${path}: SQL with ${power.split(' ').slice(0, 2).join(' ')}` };
  }
  const rules = value.split(/[\s"[\],()]+/).filter(isPowerfulAclRule);
  const isAcl = /(^|[\s"[])[+~&%@-]\S/.test(value) && /acl|access_string|rules|statement/.test(path);
  return isAcl && rules.length > 0 ? { grade: 'danger', sentence: `${path}: ${rules.join(' ')}` } : undefined;
}

/** Rules of Kubernetes' RBAC, and what a pod reaches of its machine. */
export function judgeCluster(type: string, { path, name, value }: Leaf): Remark | undefined {
  if (!/^(kubernetes|helm|kubectl)_/.test(type)) return undefined;
  const text = String(value);
  if (/^(verbs|resources|non_resource_urls|nonresourceurls)$/.test(name)) {
    const power =
      name === 'verbs'
        ? /^(\*|escalate|bind|impersonate)$/
        : /^(\*|secrets|pods\/exec|nodes\/proxy|serviceaccounts\/token|\/\*)$/;
    return power.test(text)
      ? { grade: 'danger', sentence: `${path}: ${text}` }
      : { grade: 'notice', sentence: `${path} gains ${/^[\w*/.-]+$/.test(text) ? text : 'another'}` };
  }
  if (name === 'add' && path.includes('capabilities')) {
    return { grade: 'danger', sentence: `${path}: capabilities of root` };
  }
  if (/^run_as_(user|group)$/.test(name)) {
    // What is no number here may be 0 all the same.
    return Number(value) > 0
      ? { grade: 'notice', sentence: `${path} is not root` }
      : { grade: 'danger', sentence: `${path} is root` };
  }
  return /host_path\.path$|hostpath\.path$/i.test(path)
    ? { grade: 'danger', sentence: 'mounts a folder of its machine' }
    : undefined;
}
