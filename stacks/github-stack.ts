import { GithubProvider } from '@cdktf/provider-github/lib/provider';
import {
  relaxProviderPin,
  encryptState,
  useBackend,
  type StateBackend,
  type StateEncryption,
} from '@portcullis/constructs';
import {
  ProtectedRepository,
  ReviewedFiles,
  SecurityScanning,
  type DeployEnvironment,
  type SecurityScanningProps,
} from '@portcullis/constructs/github';
import { TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';

export interface GithubStackProps {
  readonly owner: string;
  readonly repository: string;
  /** GitHub's API, where it is not github.com's. */
  readonly apiUrl?: string;
  readonly requiredChecks: readonly string[];
  readonly environments: readonly DeployEnvironment[];
  readonly scanning: SecurityScanningProps;
  /** Workflows besides the scans, by path. */
  readonly workflows: Readonly<Record<string, string>>;
  readonly backend: StateBackend;
  readonly encryption: StateEncryption;
}

/**
 * The repository that the API is delivered from. There is one, whatever the number of environments. The provider
 * signs in as a GitHub App: GITHUB_APP_ID, GITHUB_APP_INSTALLATION_ID and the key itself in GITHUB_APP_PEM_FILE. An
 * administrator deploys it: a job that could would be able to lift the rules that it is under.
 */
export class GithubStack extends TerraformStack {
  constructor(scope: Construct, props: GithubStackProps) {
    super(scope, 'github');
    const { owner, apiUrl, requiredChecks, environments, scanning, workflows } = props;
    useBackend(this, props.backend);
    encryptState(this, props.encryption);
    const provider = new GithubProvider(this, 'github', {
      owner,
      ...(apiUrl !== undefined && { baseUrl: apiUrl }),
    });
    // Empty, it is filled from the environment; left out, the provider would not look for an App at all.
    provider.addOverride('app_auth', {});
    relaxProviderPin(this, 'github');

    const repository = new ProtectedRepository(this, 'repository', {
      name: props.repository,
      requiredChecks,
      environments,
    });
    new SecurityScanning(this, 'scanning', { ...scanning, repository: repository.name });
    new ReviewedFiles(this, 'workflows', {
      repository: repository.name,
      branch: 'portcullis/delivery',
      title: 'ci: plans that reviewers can read, deploys of what was reviewed',
      files: workflows,
    });
  }
}
