import { Lazy, type TerraformResource } from 'cdktf';

/**
 * The address of `resource`, as in `terraform_data.given`, for `replace_triggered_by`. Given the resource itself, cdktf
 * 0.21 would write `${…}` there, which no engine accepts.
 */
export function addressOf(resource: TerraformResource): string {
  return Lazy.stringValue({
    produce: () => `${resource.terraformResourceType}.${resource.friendlyUniqueId}`,
  });
}
