/** The actions that workflows use, each pinned by the commit of a release: a tag can be moved, a commit cannot. */
export const ACTIONS = {
  hardenRunner: pinned('step-security/harden-runner', 'b09bb98e06d4d774595224525879c09bc6e98c40', 'v2.20.1'),
  checkout: pinned('actions/checkout', '3d3c42e5aac5ba805825da76410c181273ba90b1', 'v7.0.1'),
  setupNode: pinned('actions/setup-node', '820762786026740c76f36085b0efc47a31fe5020', 'v7.0.0'),
  setupOpenTofu: pinned('opentofu/setup-opentofu', 'a1320f892987e89d278cc92dc5adc984fb93aca4', 'v2.0.2'),
  uploadArtifact: pinned('actions/upload-artifact', '043fb46d1a93c77aae656e7c1c64a875d1fc6a0a', 'v7.0.1'),
  mergeArtifacts: pinned(
    'actions/upload-artifact/merge',
    '043fb46d1a93c77aae656e7c1c64a875d1fc6a0a',
    'v7.0.1',
  ),
  zapBaseline: pinned('zaproxy/action-baseline', 'de8ad967d3548d44ef623df22cf95c3b0baf8b25', 'v0.15.0'),
  zapFullScan: pinned('zaproxy/action-full-scan', '3c58388149901b9a03b7718852c5ba889646c27c', 'v0.13.0'),
  vault: pinned('hashicorp/vault-action', '4c06c5ccf5c0761b6029f56cfb1dcf5565918a3b', 'v3.4.0'),
  awsCredentials: pinned(
    'aws-actions/configure-aws-credentials',
    'e6de054238d6b7531b4efff3b6587d9aade6a06c',
    'v6.2.3',
  ),
  attest: pinned('actions/attest-build-provenance', '0f67c3f4856b2e3261c31976d6725780e5e4c373', 'v4.1.1'),
  slack: pinned('slackapi/slack-github-action', 'dcb1066f776dd043e64d0e8ba94ca15cc7e1875d', 'v4.0.0'),
} as const;

export interface PinnedAction {
  /** The value of `uses:`. */
  readonly uses: string;
  /** The release of that commit, for people and for Dependabot. */
  readonly version: string;
}

function pinned(action: string, commit: string, version: string): PinnedAction {
  return { uses: `${action}@${commit}`, version };
}
