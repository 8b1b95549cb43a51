import { RISKS, type Risk } from './report';

const BY_CODE: readonly Risk[] = ['informational', 'low', 'medium', 'high'];

/**
 * The risk of an alert from its `riskcode` (0 to 3) and its `riskdesc` (`High (Medium)`: the risk, then the
 * confidence). Where they differ the worse one holds, and what neither tells counts as high: an alert
 * cannot pass because it could not be read.
 */
export function riskOf(code: string | undefined, description: string | undefined): Risk {
  const word = /^\s*([a-z]+)/i.exec(description ?? '')?.[1]?.toLowerCase();
  const fromCode = code !== undefined && /^[0-3]$/.test(code.trim()) ? BY_CODE[Number(code)] : undefined;
  const fromWord = RISKS.find((risk) => risk === word || (risk === 'informational' && word === 'info'));
  if (code !== undefined && fromCode === undefined) return 'high';
  if (fromCode === undefined) return fromWord ?? 'high';
  return fromWord === undefined ? fromCode : worse(fromCode, fromWord);
}

export function worse(a: Risk, b: Risk): Risk {
  return isAtLeast(a, b) ? a : b;
}

export function isAtLeast(risk: Risk, threshold: Risk): boolean {
  return RISKS.indexOf(risk) <= RISKS.indexOf(threshold);
}
