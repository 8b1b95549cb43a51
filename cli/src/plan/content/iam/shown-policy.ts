/** An IAM policy as it may be shown: what is compared with a value may be a secret, as a referer is. */
import { isRecord } from '../../values';
import { mayShowCondition } from './compare';
import { ELEMENTS } from './statements';

const WITHHELD = '(not shown)';

/** @returns undefined where the text is no policy. */
export function shownPolicy(text: string): string | undefined {
  try {
    const document: unknown = JSON.parse(text);
    if (!isRecord(document)) return undefined;
    const statements = [document.Statement].flat().map(shownStatement);
    return JSON.stringify({ ...document, Statement: statements });
  } catch {
    return undefined;
  }
}

function shownStatement(statement: unknown): unknown {
  if (!isRecord(statement)) return WITHHELD;
  return Object.fromEntries(
    Object.entries(statement).map(([element, value]) => [
      element,
      element === 'Condition' ? shownCondition(value) : ELEMENTS.has(element) ? value : WITHHELD,
    ]),
  );
}

function shownCondition(condition: unknown): unknown {
  if (!isRecord(condition)) return WITHHELD;
  return Object.fromEntries(
    Object.entries(condition).map(([operator, keys]) => [
      operator,
      isRecord(keys)
        ? Object.fromEntries(
            Object.entries(keys).map(([key, values]) => [
              key,
              mayShowCondition(`${operator} ${key}`) ? values : WITHHELD,
            ]),
          )
        : WITHHELD,
    ]),
  );
}
