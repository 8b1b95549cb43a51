/** Fields that describe, name or count, and protect nothing, whatever the kind that has them. */

const DESCRIBES =
  /^(tags|tags_all|labels|effective_labels|terraform_labels|description|display_name|friendly_name|comment|comments|notes|title|timeouts|etag|self_link|arn|created_at|updated_at|create_time|update_time|creation_timestamp|generation|resource_version|last_modified|last_updated|fingerprint|label_fingerprint|homepage_url|topics|alert_text|owner_id|unique_id|metadata_fingerprint|revision|version_id|hosted_zone_id|region_name)$/;

/** Sizes, of which none is a right. */
const COUNTS =
  /^(desired_count|desired_capacity|min_size|max_size|min_capacity|max_capacity|node_count|replicas|cpu|memory|memory_size|cpu_units|instance_count|allocated_storage|max_allocated_storage|read_capacity|write_capacity|iops|throughput|shard_count|number_of_nodes|num_cache_nodes|timeout|delay_seconds|visibility_timeout_seconds|capacity|sku_capacity|min_replicas|max_replicas|disk_size(_gb)?|storage_mb|auto_scale_max_capacity|max_throughput|batch_size|interval_seconds|failure_threshold|period_seconds|evaluation_periods|priority_class)$/;

/** Of metadata, what a cluster only shows. Annotations give roles, and open services. */
const SHOWS = /(^|\.)metadata\.labels(\.|$)/;

/** @param path as in `metadata.labels.team`. */
export function isInert(path: string): boolean {
  // What runs in a namespace of Kubernetes is decided by its labels.
  if (path.includes('pod-security')) return false;
  const [first = ''] = path.split('.');
  const last = path.slice(path.lastIndexOf('.') + 1);
  return DESCRIBES.test(first) || DESCRIBES.test(last) || COUNTS.test(last) || SHOWS.test(path);
}
