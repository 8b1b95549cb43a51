/** The image of a merge: built once, signed, and known by its digest from there on. */
import { suffixOf } from '../../core/aws';
import { waitForRelease } from '../workflow/release';
import { ACTIONS } from '../workflow/actions';
import { PORTCULLIS } from '../workflow/repository-tools';
import { CHECK_OUT, HARDENED, type Job, type Step } from '../workflow/workflow';
import { awsStep, IMAGE_DIGEST, inRegion, type DeliveredService, type DeliveryImage } from './delivery';
import { MINUTES } from './minutes';
import { ROLLBACK } from './ways';

/** Id of the job that builds it. */
export const IMAGE_JOB = 'image';

/** The digest, in expressions of every job that needs {@link IMAGE_JOB}. */
export const DIGEST = `needs.${IMAGE_JOB}.outputs.digest`;
export const BUILT = `\${{ ${DIGEST} }}`;

/** `<registry>/<repository>`, without tag and digest. */
function nameOf({ registry: { account, region }, repository }: DeliveryImage): string {
  return `${account}.dkr.ecr.${region}.${suffixOf(region)}/${repository}`;
}

/** GitHub signs the provenance with the job's own identity: there is no key that could be lost. */
export function imageJob(image: DeliveryImage): Job {
  const name = nameOf(image);
  return {
    permissions: { contents: 'read', 'id-token': 'write', attestations: 'write' },
    'timeout-minutes': MINUTES.image,
    outputs: { digest: '${{ steps.push.outputs.digest }}' },
    steps: [
      HARDENED,
      CHECK_OUT,
      // Before the job signs in: what a build runs comes from many hands.
      { name: 'Build', run: 'docker build --pull --tag built .' },
      awsStep(inRegion(image.registry.region, image.pushRoleArn)),
      {
        name: 'Push',
        id: 'push',
        env: { IMAGE: name },
        run: [
          LOG_IN,
          // Of one run: a tag that could be written twice would name two images.
          'tagged="$IMAGE:$GITHUB_SHA-$GITHUB_RUN_ID-$GITHUB_RUN_ATTEMPT"',
          'docker tag built "$tagged"',
          'docker push --quiet "$tagged"',
          'digest=$(docker inspect --format \'{{range .RepoDigests}}{{println .}}{{end}}\' "$tagged" | sed -n "s|^$IMAGE@||p")',
          '[[ "$digest" =~ ^sha256:[0-9a-f]{64}$ ]] || { echo "::error::the registry gave ${digest@Q} for a digest"; exit 1; }',
          'echo "digest=$digest" >> "$GITHUB_OUTPUT"',
        ].join('\n'),
      },
      {
        name: 'Attest where it comes from',
        uses: ACTIONS.attest,
        with: { 'subject-name': name, 'subject-digest': '${{ steps.push.outputs.digest }}' },
      },
    ],
  };
}

/** The registry's password is in no command line. */
const LOG_IN =
  'aws ecr get-login-password | docker login --username AWS --password-stdin "${IMAGE%%/*}" > /dev/null';

/**
 * Before the apply: GitHub's attestation has to say that this very digest was built of this commit of main, by this
 * repository's workflow, on a runner of GitHub's. https://cli.github.com/manual/gh_attestation_verify
 */
export function verifyStep(image: DeliveryImage, told: Readonly<Record<string, string>>): Step {
  return {
    name: 'Verify where the image comes from',
    env: {
      GH_TOKEN: '${{ github.token }}',
      IMAGE: nameOf(image),
      AWS_REGION: image.registry.region,
      ...told,
    },
    run: [
      LOG_IN,
      `gh attestation verify "oci://$IMAGE@$${IMAGE_DIGEST}" --repo "$GITHUB_REPOSITORY" \\`,
      '  --signer-workflow "$GITHUB_REPOSITORY/.github/workflows/deploy.yml" \\',
      '  --source-ref refs/heads/main --source-digest "$COMMIT" \\',
      '  --predicate-type https://slsa.dev/provenance/v1 --deny-self-hosted-runners',
    ].join('\n'),
  };
}

/** A deploy ends when its image answers: ECS starts it after the apply, and takes it back where it does not get ready. */
export function servedStep({ url }: DeliveredService, release: string): Step {
  return {
    name: 'Wait until the image is served',
    env: { SERVICE_URL: url, RELEASE: release },
    run: waitForRelease('$SERVICE_URL', { tries: 20, name: 'the service' }),
  };
}

/**
 * Notes what a rollback can go back to: the parameter's history holds a hundred of them.
 *
 * @param unscanned condition on which the image is served before its scan: it is good once the scan of this run has passed.
 */
export function noteServedStep(
  { good }: DeliveredService,
  unscanned: string | undefined,
  told: Readonly<Record<string, string>>,
): Step {
  return {
    name: 'Note that it is served',
    env: {
      GOOD: good,
      ...told,
      ...(unscanned !== undefined && { SCANNED_BY: `\${{ ${unscanned} && github.run_id || '' }}` }),
    },
    run: `aws ssm put-parameter --name "$GOOD" --type String --overwrite --value "$${IMAGE_DIGEST} $COMMIT\${SCANNED_BY:+ $SCANNED_BY}" > /dev/null`,
  };
}

/** Finds the image that was served before the one that is deployed now. */
export function findGoodStep(environment: string, service: DeliveredService | undefined): Step {
  return {
    name: 'Find the last good image',
    id: 'good',
    if: ROLLBACK,
    ...(service
      ? {
          env: {
            DEPLOYED: service.deployed,
            GOOD: service.good,
            REASON: '${{ inputs.reason }}',
            GH_TOKEN: '${{ github.token }}',
          },
          run: [
            'deployed=$(aws ssm get-parameter --name "$DEPLOYED" --query Parameter.Value --output text)',
            'aws ssm get-parameter-history --name "$GOOD" --output json > "$RUNNER_TEMP/good.json"',
            `${PORTCULLIS} rollback ${environment} --reason "$REASON" --deployed "$deployed" \\`,
            '  --good "$RUNNER_TEMP/good.json" --outputs "$GITHUB_OUTPUT"',
          ].join('\n'),
        }
      : { run: 'echo "::error::nobody notes which images of this environment were good"; exit 1' }),
  };
}
