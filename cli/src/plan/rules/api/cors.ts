import type { Remark } from '../../grade';
import { duration } from '../attribute-judges';
import type { PolicyRecord } from './record';

type Cors = NonNullable<PolicyRecord['cors']>;

const NOBODY: Cors = { origins: [], headers: [], credentials: false, maxAgeSeconds: 0 };

/** Weaker is what lets more pages call the API with a browser, or sends its visitors' cookies along. */
export function compareCors(was: Cors = NOBODY, will: Cors = NOBODY): Remark[] {
  const came = will.origins.filter((origin) => !was.origins.includes(origin));
  const went = was.origins.filter((origin) => !will.origins.includes(origin));
  const remarks: Remark[] = [];
  if (came.length > 0)
    remarks.push({ grade: 'danger', sentence: `pages of ${came.map(shown).join(', ')} may call it` });
  if (went.length > 0)
    remarks.push({
      grade: 'notice',
      sentence: `pages of ${went.map(shown).join(', ')} may no longer call it`,
    });
  if (will.credentials && !was.credentials)
    remarks.push({ grade: 'danger', sentence: 'browsers send cookies along to pages of other origins' });
  if (was.credentials && !will.credentials)
    remarks.push({ grade: 'notice', sentence: 'browsers no longer send cookies along to other origins' });
  if (will === NOBODY || was === NOBODY) return remarks;
  if (was.headers.join() !== will.headers.join())
    remarks.push({ grade: 'notice', sentence: `pages may set ${will.headers.join(', ') || 'no header'}` });
  if (was.maxAgeSeconds !== will.maxAgeSeconds) {
    const [before, after] = [was.maxAgeSeconds, will.maxAgeSeconds].map(duration);
    remarks.push({ grade: 'notice', sentence: `browsers remember what is allowed for ${before} → ${after}` });
  }
  return remarks;
}

const shown = (origin: string): string => (origin === '*' ? 'every origin' : origin);
