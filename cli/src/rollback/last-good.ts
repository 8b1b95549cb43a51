/** Which image to go back to. */
import { z } from 'zod';
import { PortcullisError } from '../errors';

/** An image that was served, and the commit that it was built of. */
export interface ServedImage {
  readonly digest: string;
  readonly commit: string;
  /** The run whose scan decides whether it is good. @default it was scanned before it was served, or nothing is */
  readonly run?: string;
}

const DIGEST = /^sha256:[0-9a-f]{64}$/;

const SERVED = /^(?<digest>sha256:[0-9a-f]{64}) (?<commit>[0-9a-f]{40})(?: (?<run>\d{1,20}))?$/;

const historySchema = z.object({
  Parameters: z.array(z.object({ Version: z.int(), Value: z.string() })),
  // SSM gives it by pages, and `aws` all of them together, unless somebody forbids it.
  NextToken: z.undefined().optional(),
});

/**
 * @param text what `aws ssm get-parameter-history` printed: each version is a digest, its commit and perhaps a run.
 * @returns oldest first.
 * @throws PortcullisError `ERR_SETTING` where it is anything else, or only a part of it.
 */
export function servedImagesIn(text: string): ServedImage[] {
  const history = historySchema.safeParse(parsed(text));
  const images = history.data?.Parameters.sort((one, other) => one.Version - other.Version).map(
    ({ Value }) => SERVED.exec(Value)?.groups,
  );
  if (images?.every((image) => image !== undefined))
    return images.map(({ digest = '', commit = '', run }) => ({
      digest,
      commit,
      ...(run !== undefined && { run }),
    }));
  throw new PortcullisError(
    'ERR_SETTING',
    'the record of served images holds something else than digests and commits, or goes on',
    'give all that `aws ssm get-parameter-history --output json` prints of it',
  );
}

/**
 * The image that was served before the deployed one was for the first time: whoever rolled back from an image does not get it
 * again by rolling back once more. One that was never served came after all of them. One that was served before its scan, as by
 * a break-glass deploy, is good once that has passed.
 *
 * @param served oldest first.
 * @param passed whether the scan of a run has passed.
 * @throws PortcullisError `ERR_SETTING` where there is none, and what `passed` throws.
 */
export async function lastGood(
  served: readonly ServedImage[],
  deployed: string,
  passed: (run: string) => Promise<boolean>,
): Promise<ServedImage> {
  if (!DIGEST.test(deployed)) {
    throw new PortcullisError(
      'ERR_SETTING',
      `received ${JSON.stringify(deployed.slice(0, 100))} as what is deployed`,
      'give a digest, as in sha256:<64 digits>',
    );
  }
  const first = served.findIndex(({ digest }) => digest === deployed);
  const unscanned: string[] = [];
  for (const image of served.slice(0, first < 0 ? undefined : first).reverse()) {
    if (image.run === undefined || (await passed(image.run))) return image;
    unscanned.push(`${image.digest} (run ${image.run})`);
  }
  throw new PortcullisError(
    'ERR_SETTING',
    unscanned.length === 0
      ? `nothing was served before ${deployed}, or its record is gone`
      : `nothing that has passed its scan was served before ${deployed}: not ${unscanned.join(', ')}`,
    'merge a commit that reverts what is wrong',
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
