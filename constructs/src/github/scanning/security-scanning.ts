import { ActionsEnvironmentVariable } from '@cdktf/provider-github/lib/actions-environment-variable';
import { Construct } from 'constructs';
import { literal, refuseProps } from '../../core';
import { ReviewedFiles } from '../repository/reviewed-files';
import { securityScanningFiles } from './files';
import { DEFAULTS, securityScanningProblems, type SecurityScanningFilesProps } from './props';

/**
 * Scans by ZAP of pull requests, and of staging after every deploy and on schedule. A scan fails by the severity of what
 * it found. It provisions a branch with the workflow `security.yml` and its rules, the pull request that proposes them,
 * and the variable `STAGING_URL` of the repository's environment `staging`, or `environment`, which has to exist.
 *
 * ZAP's image is whatever the repository's variable `ZAP_IMAGE` names by its digest. Without it no scan begins.
 *
 * To scan a pull request, the job starts the API by the repository's `compose.test.yml`, on port 3000, or as `api` says.
 *
 * https://www.zaproxy.org/docs/docker/about/
 *
 * @example
 * new SecurityScanning(this, 'scanning', {
 *   repository: 'orders',
 *   policy,
 *   stagingUrl: 'https://staging.api.example.com',
 *   productionUrl: 'https://api.example.com',
 *   tokenUrl: 'https://auth.example.com/token',
 *   vault: { address: 'https://vault.example.com', role: 'github-scan', secretPath: 'secret/data/orders/scan' },
 * });
 */
export class SecurityScanning extends Construct {
  /** @throws ConstructError `ERR_PROPS` with all problems at once. */
  constructor(scope: Construct, id: string, props: SecurityScanningFilesProps) {
    super(scope, id);
    refuseProps(this, securityScanningProblems(props));
    const { repository, stagingUrl, environment = DEFAULTS.environment } = props;
    new ActionsEnvironmentVariable(this, 'staging-url', {
      repository,
      environment,
      variableName: 'STAGING_URL',
      value: literal(new URL(stagingUrl).origin),
    });
    new ReviewedFiles(this, 'files', {
      repository,
      branch: 'portcullis/security-scanning',
      title: 'ci: security scanning by ZAP',
      files: securityScanningFiles(props),
    });
  }
}
