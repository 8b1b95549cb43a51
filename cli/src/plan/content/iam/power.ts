/** Which permissions are about more than they name, or about who may do what. */
import type { Condition, Permission } from './statements';

/** Actions that decide who may do what, or that let somebody act as another. */
const DECIDES =
  /^(iam|sts|organizations|sso|sso-admin|identitystore|ram|account):|:(put|set|attach|detach|delete|remove|update)\w*(policy|policies|publicaccessblock|acl)$|:(setqueueattributes|settopicattributes|sendcommand|startsession|executecommand|sendsshpublickey|addpermission|addlayerversionpermission|creategrant|scheduledkeydeletion|schedulekeydeletion|updatefunctioncode\w*|updatefunctionconfiguration|startautomationexecution|authorizesecuritygroup\w+|stopconfigurationrecorder|updatedetector|updatetrail|puteventselectors|deleteloggroup|deletelogstream|putretentionpolicy|changeresourcerecordsets|putbucketwebsite|putimage\b|createaccesskey|disablekey|stoplogging|deletetrail|deletedetector|modifyimageattribute|modifysnapshotattribute|modifydbsnapshotattribute)$/;

/** Actions that AWS offers on all resources alone, and that ordinary services need. */
const ONLY_EVERYWHERE =
  /^(xray:put\w+|xray:getsampling\w+|ecr:getauthorizationtoken|cloudwatch:putmetricdata|ec2:(create|delete|describe)networkinterfaces?|ec2:(un)?assignprivateipaddresses|sts:getcalleridentity|logs:(createloggroup|describeloggroups)|appconfig:\w*configuration\w*)$/;

/** Names of actions that list and describe, and read nothing that is inside. */
const LISTS = /^[\w-]+:(describe|list)\w*\*?$/;

/** Conditions that bind a caller to one account, organisation, network or resource. */
const BINDS =
  /\b(aws:sourcearn|aws:sourceaccount|aws:sourceorgid|aws:principalorgid|aws:principalarn|aws:principalaccount|aws:sourcevpce?|aws:sourceip|sts:externalid|kms:calleraccount|kms:viaservice)$/i;

export function isPowerful(permission: Permission): boolean {
  const { action, resource, principal } = permission;
  if (principal !== '') return isPowerfulFor(permission);
  if (ONLY_EVERYWHERE.test(action)) return false;
  if (DECIDES.test(action) || action.startsWith('* but')) return true;
  if (/[*?]/.test(action) && !LISTS.test(action)) return true;
  return isEverything(resource) && !LISTS.test(action);
}

/** A policy of a resource, or of a role's trust: what matters is who is let in. */
function isPowerfulFor({ action, principal, condition }: Permission): boolean {
  const [kind = '', name = ''] = principal.split(' ');
  if (kind === 'Service' && !/[*?]/.test(name)) {
    // A service takes a role for the account that the role is in.
    return !/^sts:(assumerole|tagsession|setsourceidentity|setcontext)$/.test(action) && !isBound(condition);
  }
  if (kind === 'Federated') return !namesSubject(condition);
  return true;
}

/** Whether one thing at least says which account, organisation or resource may call. */
function isBound(condition: Condition): boolean {
  return [...condition].some(
    ([key, values]) =>
      BINDS.test(key) &&
      // Of a call without that key, `ForAllValues` is true.
      !/^(\S*Not|Null|ForAllValues)|IfExists/.test(key) &&
      !values.some((value) => /^[*?]/.test(value) || isOfAnyAccount(value)),
  );
}

/** As `arn:aws:s3:::*`: neither the account nor the name is said. */
function isOfAnyAccount(arn: string): boolean {
  const [scheme, , , , account = '', ...name] = arn.split(':');
  return scheme === 'arn' && /^([*?]|$)/.test(account) && (name.length === 0 || /^[*?]/.test(name.join(':')));
}

/** Whether tokens of one subject alone are taken: https://docs.github.com/actions/security-for-github-actions */
function namesSubject(condition: Condition): boolean {
  return [...condition].some(
    ([key, values]) =>
      /^StringEquals \S+:sub$/.test(key) && values.length > 0 && !values.some((value) => value.includes('*')),
  );
}

/** All resources, all of a service, or all of a kind. A part of a name is a choice; none of a name is no choice. */
export function isEverything(resource: string): boolean {
  if (/^[*?]/.test(resource)) return true;
  // A wildcard takes in the parts that are not written.
  if (/[*?]/.test(resource) && resource.split(':').length < 6) return true;
  const [, , service = '', , , ...rest] = resource.split(':');
  const name = rest.join(':');
  // The names of buckets, and the numbers of APIs, stand where other services have the kind.
  return /^(s3|execute-api)$/.test(service) ? /^[*?]/.test(name) : /^([\w-]+[/:])?[*?]/.test(name);
}
