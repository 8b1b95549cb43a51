/**
 * What a job finds on GitHub's runner `ubuntu-24.04`, and what brings the rest: tables to read, and to correct when the
 * image changes (https://github.com/actions/runner-images). A step that runs anything else fails a test.
 */

/** On PATH before the first step. Left out: Node 20 and Go 1.24, which are older than what our commands need. */
export const BROUGHT_BY_THE_RUNNER: Readonly<Record<string, 'run' | 'pretended'>> = {
  // Text and files: run for real in the walk.
  base64: 'run',
  cat: 'run',
  cp: 'run',
  find: 'run',
  grep: 'run',
  gzip: 'run',
  head: 'run',
  jq: 'run',
  mkdir: 'run',
  mv: 'run',
  rm: 'run',
  sed: 'run',
  seq: 'run',
  sleep: 'run',
  tar: 'run',
  // What reaches beyond the job's folder is only noted, and answered.
  aws: 'pretended',
  bash: 'pretended',
  chromium: 'pretended',
  curl: 'pretended',
  docker: 'pretended',
  gh: 'pretended',
  git: 'pretended',
  python3: 'pretended',
  sha256sum: 'pretended',
  /** The user is `runner`, who may become root without a password. */
  sudo: 'pretended',
};

/** What the step of an action adds, by the action. Those that add nothing do all of their work themselves. */
export const BROUGHT_BY_ACTIONS: Readonly<Record<string, readonly string[]>> = {
  'actions/attest-build-provenance': [],
  'actions/checkout': [],
  'actions/setup-node': ['node', 'npm', 'npx'],
  'actions/upload-artifact': [],
  'actions/upload-artifact/merge': [],
  'aws-actions/configure-aws-credentials': [],
  'hashicorp/vault-action': [],
  'opentofu/setup-opentofu': ['tofu'],
  'slackapi/slack-github-action': [],
  'step-security/harden-runner': [],
  'zaproxy/action-baseline': [],
  'zaproxy/action-full-scan': [],
};

/** What a package of Ubuntu's archive adds, by its name. */
export const BROUGHT_BY_PACKAGES: Readonly<Record<string, readonly string[]>> = {
  'redis-server': ['redis-server'],
  wapiti: ['wapiti'],
};

/** What our own commands run in turn. All but `ci` also need the packages of npm. */
export const NEEDED: Readonly<Record<string, readonly string[]>> = {
  // Everything that .ci/run would otherwise build from sources, or install as root.
  'bash .ci/run': ['node', 'npm', 'tofu', 'redis-server', 'wapiti', 'chromium', 'python3', 'actionlint'],
  'portcullis plan': ['node', 'tofu'],
  'portcullis policy-diff': ['node', 'git'],
  'portcullis deploy': ['node', 'tofu'],
  'portcullis rollback': ['node'],
  'portcullis limits': ['node'],
  'portcullis verify': ['node'],
  'portcullis zap-gate': ['node'],
};
