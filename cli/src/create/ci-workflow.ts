/**
 * The workflow that tests each change of a new API. Plans and deploys come with `delivery` in portcullis.config.ts, once
 * there is an environment to deploy. The pins are those of the other workflows: a test holds them together.
 */
export const ciWorkflow = `name: ci
on:
  pull_request: {}
  push:
    branches: [main]
permissions: {}
defaults:
  run:
    shell: bash
jobs:
  test:
    runs-on: ubuntu-24.04
    permissions:
      contents: read
    timeout-minutes: 15
    steps:
      - name: Harden the runner
        uses: step-security/harden-runner@b09bb98e06d4d774595224525879c09bc6e98c40 # v2.20.1
        with:
          egress-policy: audit
      - name: Check out
        uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          persist-credentials: false
      - name: Set up Node
        uses: actions/setup-node@820762786026740c76f36085b0efc47a31fe5020 # v7.0.0
        with:
          node-version: 24
          package-manager-cache: false
      - name: Install packages
        run: npm ci --ignore-scripts
      - name: Check the types
        run: npm run typecheck
      - name: Test
        run: npm test
`;
