/** The shop's environments: both in one account, and in one Vault. */
export interface Environment {
  readonly name: string;
  readonly region: string;
  readonly cidr: string;
  /** Whether this environment owns what the account has once. */
  readonly first: boolean;
}

export const environments: readonly Environment[] = [
  { name: 'dev', region: 'eu-central-1', cidr: '10.10.0.0/16', first: true },
  { name: 'prod', region: 'eu-central-1', cidr: '10.20.0.0/16', first: false },
];
