/** What the resources of AWS have in common. */
import { isNothing, show } from '../../values';
import { harmless, reviewed, type Judge } from '../attribute-judges';
import { blockOf } from '../../blocks';

/** Attributes that identify or describe a resource, or that AWS fills in. */
export const IDENTITY: Readonly<Record<string, Judge>> = {
  arn: harmless,
  tags: harmless,
  tags_all: harmless,
  description: harmless,
  timeouts: harmless,
};

/** A setting that has to be there: without it, less is protected or recorded. */
export function kept(label: string, without: string): Judge {
  return (before, after) => {
    if (isNothing(after)) return { grade: 'danger', sentence: without };
    return before === undefined
      ? undefined
      : { grade: 'notice', sentence: `${label} ${show(before)} → ${show(after)}` };
  };
}

/** A log that has to be there. Who watches the place where it was is told nothing when it goes to another. */
export function keptLog(label: string, destination: string): Judge {
  return (before, after) => {
    if (isNothing(after))
      return { grade: 'danger', sentence: `${label} removed: nothing says who called what` };
    const [was, will] = [before, after].map((value) => show(blockOf(value)[destination]));
    const remark = reviewed(label)(before, after);
    return remark && !isNothing(before) && was !== will
      ? { grade: 'danger', sentence: `${remark.sentence}: it is written somewhere else` }
      : remark;
  };
}

/** At least TLS 1.2 (RFC 8996), by the names of policies that load balancers and gateways have. */
export const tlsPolicy: Judge = (before, after) => {
  const sentence = `TLS policy ${show(before)} → ${show(after)}`;
  const modern = /^(TLS_1_[23]|SecurityPolicy_TLS1[23]\w*|ELBSecurityPolicy-TLS(13-)?-?1-[23]-[\w-]+)$/;
  if (!modern.test(show(after))) {
    return { grade: 'danger', sentence: `takes connections of less than TLS 1.2: ${show(after)}` };
  }
  return before === undefined ? undefined : { grade: 'notice', sentence };
};
