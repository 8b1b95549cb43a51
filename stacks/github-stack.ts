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
  /** Address of GitHub's API. @default github.com's */
  readonly apiUrl?: string;
  readonly requiredChecks: readonly string[];
  readonly environments: readonly DeployEnvironment[];
  readonly codeOwners: readonly string[];
  readonly scanning: SecurityScanningProps;
  /** Workflows besides the one that scans, by path. */
  readonly workflows: Readonly<Record<string, string>>;
  readonly backend: StateBackend;
  readonly encryption: StateEncryption;
}

/**
 * The repository that the API is delivered from: one for all environments. The provider signs in as a GitHub App, by
 * GITHUB_APP_ID, GITHUB_APP_INSTALLATION_ID and GITHUB_APP_PEM_FILE, which holds the key itself. An administrator deploys
 * this stack: a job that could deploy it could lift the rules that bind it.
 */
export class GithubStack extends TerraformStack {
  constructor(scope: Construct, props: GithubStackProps) {
    super(scope, 'github');
    const { owner, apiUrl, requiredChecks, environments, codeOwners, scanning, workflows } = props;
    useBackend(this, props.backend);
    encryptState(this, props.encryption);
    const provider = new GithubProvider(this, 'github', {
      owner,
      ...(apiUrl !== undefined && { baseUrl: apiUrl }),
    });
    // The provider fills an empty block from the environment. Without the block it would not look for an App at all.
    provider.addOverride('app_auth', {});
    relaxProviderPin(this, 'github');

    const repository = new ProtectedRepository(this, 'repository', {
      name: props.repository,
      requiredChecks,
      environments,
      codeOwners,
    });
    const scans = new SecurityScanning(this, 'scanning', { ...scanning, repository: repository.name });
    // Its variable is one of an environment.
    scans.node.addDependency(repository);
    new ReviewedFiles(this, 'workflows', {
      repository: repository.name,
      branch: 'portcullis/delivery',
      title: 'ci: plans that reviewers can read, deploys of what was reviewed',
      files: workflows,
    });
  }
}
