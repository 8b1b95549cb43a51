/** Fields that describe, name or count, and protect nothing, whatever the kind that has them. */

const DESCRIBES =
  /^(tags|tags_all|labels|effective_labels|terraform_labels|description|display_name|friendly_name|comment|comments|notes|title|timeouts|created_at|updated_at|create_time|update_time|creation_timestamp|last_modified|last_updated|homepage_url|topics|alert_text)$/;

/** What identifies a resource itself. Inside of a block it names another one, which may be given more. */
const IDENTIFIES =
  /^(etag|self_link|arn|generation|resource_version|fingerprint|label_fingerprint|owner_id|unique_id|metadata_fingerprint|revision|version_id|hosted_zone_id|region_name)$/;

/** Sizes, of which none is a right. */
const COUNTS =
  /^(desired_count|desired_capacity|min_size|max_size|min_capacity|max_capacity|node_count|replicas|cpu|memory|memory_size|cpu_units|instance_count|allocated_storage|max_allocated_storage|read_capacity|write_capacity|iops|throughput|shard_count|number_of_nodes|num_cache_nodes|timeout|delay_seconds|visibility_timeout_seconds|capacity|sku_capacity|min_replicas|max_replicas|disk_size(_gb)?|storage_mb|auto_scale_max_capacity|max_throughput|batch_size|interval_seconds|failure_threshold|period_seconds|evaluation_periods|priority_class)$/;

/** Of metadata, what a cluster only shows. Annotations give roles, and open services. */
const SHOWS = /^metadata\.labels(\.|$)/;

/** @param path as in `metadata.labels.team`. */
export function isInert(path: string): boolean {
  // What runs in a namespace of Kubernetes is decided by its labels.
  if (/pod-security|injection/.test(path)) return false;
  const [first = ''] = path.split('.');
  const last = path.slice(path.lastIndexOf('.') + 1);
  return (
    IDENTIFIES.test(path) ||
    DESCRIBES.test(first) ||
    DESCRIBES.test(last) ||
    COUNTS.test(last) ||
    SHOWS.test(path)
  );
}
