import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import {
  encryptState,
  relaxProviderPin,
  useBackend,
  type StateBackend,
  type StateEncryption,
} from '@portcullis/constructs';
import { ImageRepository, type ImageRepositoryProps } from '@portcullis/constructs/aws';
import { TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';

export interface ImagesStackProps extends ImageRepositoryProps {
  readonly backend: StateBackend;
  readonly encryption: StateEncryption;
}

/**
 * Where the API's images are, in an account that nothing runs in: one repository for all environments, for what is
 * deployed to one was served by the one before. Whoever owns that account deploys this stack: a job that could deploy it
 * could let itself push.
 */
export class ImagesStack extends TerraformStack {
  constructor(scope: Construct, { backend, encryption, ...images }: ImagesStackProps) {
    super(scope, 'images');
    useBackend(this, backend);
    encryptState(this, encryption);
    const { region, account } = images.place;
    new AwsProvider(this, 'aws', {
      region,
      allowedAccountIds: [account],
      defaultTags: [{ tags: { service: images.name } }],
    });
    relaxProviderPin(this, 'aws');
    new ImageRepository(this, 'images', images);
  }
}
