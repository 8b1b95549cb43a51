/** Why somebody does what others will ask about. */
import { visibleText } from '@portcullis/runtime/policy';
import { PortcullisError } from '../errors';
import { plain } from '../terminal/text';

/** Characters. */
const LONGEST = 500;

/** Letters and digits. */
const SHORTEST = 3;

/**
 * The reason that `--reason` gives, in one line in which nothing is hidden.
 *
 * @throws PortcullisError `ERR_SETTING` where nobody could read one in it.
 */
export function reasonOf(given: string | undefined): string {
  const said = visibleText(given ?? '');
  const line = plain((given ?? '').replace(/\s+/g, ' ').trim(), Infinity);
  if ((said.match(/[\p{L}\p{N}]/gu)?.length ?? 0) >= SHORTEST && line.length <= LONGEST) return line;
  throw new PortcullisError(
    'ERR_SETTING',
    said === '' ? 'no reason is given' : '--reason is no reason, or does not fit',
    `say why by --reason "…", in up to ${LONGEST} characters that an auditor understands: it stays in the record`,
  );
}
