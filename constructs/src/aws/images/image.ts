/** Images of private repositories of ECR, by their digest: a tag can be moved. */
import { Fn, Token, type Precondition } from 'cdktf';
import { partitionOf, suffixOf } from '../../core/aws';
import { later } from '../../core/props/later';
import type { AwsPlace } from '../account/place';

export const IMAGE =
  /^(?<account>\d{12})\.dkr\.ecr\.(?<region>cn-[a-z0-9-]+(?=\.amazonaws\.com\.cn\/)|(?!cn-)[a-z0-9-]+(?=\.amazonaws\.com\/))\.amazonaws\.com(\.cn)?\/(?<repository>[a-z0-9._/-]+)@sha256:[0-9a-f]{64}$/;

export const IMAGE_EXPECTED =
  'a repository of ECR and a digest, as in <account>.dkr.ecr.<region>.amazonaws.com/<name>@sha256:<64 digits>, for a tag can be moved';

/** The ARN of an image's repository. Of an image that is known only at the apply, the engine reads the repository's name. */
export function repositoryArn(image: string, place: AwsPlace): string {
  const repository =
    IMAGE.exec(image)?.groups?.repository ??
    Token.asString(Fn.element(Fn.regex('^[^/]+/([^@]+)@sha256:', image), 0));
  return repositoryArnOf(repository, place);
}

/** The ARN of a repository by its name. */
export function repositoryArnOf(name: string, { region, account }: AwsPlace): string {
  return `arn:${partitionOf(region)}:ecr:${region}:${account}:repository/${name}`;
}

/** What it takes to read an image. https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html */
export const PULL: readonly string[] = ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];

/** The check of an image that is known only at the apply: of that registry, by its digest. */
export function byDigest(image: string, { region, account }: AwsPlace): Precondition {
  // Of an expression in quotes, one without a backslash.
  const suffix = suffixOf(region).replaceAll('.', '[.]');
  const pattern = `^${account}[.]dkr[.]ecr[.]${region}[.]${suffix}/[a-z0-9._/-]+@sha256:[0-9a-f]{64}$`;
  return later(Fn.can(Fn.regex(pattern, image)), 'image', IMAGE_EXPECTED);
}
