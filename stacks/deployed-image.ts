/** Which image a deploy brings. It stands in no file: the workflow that built it hands its digest on. */
import { IMAGE_DIGEST } from '@portcullis/constructs/github';
import { EnvironmentError } from './environments/define-environment';

/** @throws EnvironmentError where the variable holds something else, as a tag, which can be moved. */
export function imageDigestOf({ [IMAGE_DIGEST]: digest = '' }: NodeJS.ProcessEnv): string | undefined {
  if (digest === '') return undefined;
  if (/^sha256:[0-9a-f]{64}$/.test(digest)) return digest;
  throw new EnvironmentError([
    {
      path: IMAGE_DIGEST,
      message: `received ${JSON.stringify(digest.slice(0, 100))}; expected a digest, as in sha256:<64 digits>: a tag can be moved`,
    },
  ]);
}
