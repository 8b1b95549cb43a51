import type { Problem } from '@portcullis/runtime/policy';
import { accountProblems, regionProblems } from '../../core/aws';

/** An account in a region of AWS. */
export interface AwsPlace {
  /** As in `eu-central-1`. */
  readonly region: string;
  /** Number of the account: twelve digits. */
  readonly account: string;
}

/** Everything that is wrong with a place. ARNs are made of it. */
export function placeProblems(path: string, { region, account }: AwsPlace): Problem[] {
  return [...regionProblems(`${path}.region`, region), ...accountProblems(`${path}.account`, account)];
}
