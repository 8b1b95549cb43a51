/** An account in a region of AWS. */
export interface AwsPlace {
  /** As in `eu-central-1`. */
  readonly region: string;
  /** Number of the account: twelve digits. */
  readonly account: string;
}
