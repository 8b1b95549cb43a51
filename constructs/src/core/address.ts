import { Lazy, type TerraformResource } from 'cdktf';

/**
 * The address of `resource`, as in `terraform_data.given`, for `replace_triggered_by`: cdktf 0.21 writes a
 * resource there as `${…}`, which no engine accepts.
 */
export function addressOf(resource: TerraformResource): string {
  return Lazy.stringValue({
    produce: () => `${resource.terraformResourceType}.${resource.friendlyUniqueId}`,
  });
}
