import { plainScript, type Script } from '../store/charge-script';

/** Denials are kept by buckets of this length, ms. */
export const BUCKET_MS = 300_000;
/** Buckets of the last hour: the current one, which has just begun, and the twelve before it. */
export const KEPT_BUCKETS = 13;
/** Organisations kept in a bucket. The others of it are counted together. */
export const KEPT_ORGANISATIONS = 100;
/** An instance that has not reported for this long is gone, ms. */
export const GONE_AFTER_MS = 35_000;
const KEPT_INSTANCES = 500;
const KEPT_MS = (KEPT_BUCKETS + 1) * BUCKET_MS;

/** Sets `now` from Redis' own clock, ms: instances' clocks may differ. */
const CLOCK = `local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`;

/**
 * The keys of a service's reports, in one slot: which version of the overrides each instance follows, then who was denied
 * in a bucket of five minutes, for thirteen of them in turn.
 */
export function reportKeys(name: string): string[] {
  const buckets = Array.from({ length: KEPT_BUCKETS }, (_, bucket) => String(bucket));
  return ['instances', ...buckets].map((key) => `portcullis:{${name}}:reports:${key}`);
}

/**
 * All values are JSON, of bounded size. What is in there was written by this script; text that it cannot read is written
 * anew.
 *
 * KEYS: as above. ARGV: the instance; the version that it follows, or an empty text; what it denied, as JSON: counts by
 * organisation, and `others`.
 */
export const reportScript: Script = plainScript(`${CLOCK}
local function parsed(text)
  if not text then return nil end
  local ok, value = pcall(cjson.decode, text)
  if ok and type(value) == 'table' then return value end
  return nil
end

local function keep(key, value)
  redis.call('SET', key, cjson.encode(value), 'PX', ${KEPT_MS})
end

local denied = cjson.decode(ARGV[3])
local bucket = math.floor(now / ${BUCKET_MS})
local bucketKey = KEYS[2 + bucket % ${KEPT_BUCKETS}]
local texts = redis.call('MGET', KEYS[1], bucketKey)

local known = {}
for name, report in pairs(parsed(texts[1]) or {}) do
  local at = type(report) == 'table' and tonumber(report[2])
  if at and now - at < ${GONE_AFTER_MS} then known[#known + 1] = { name, { tonumber(report[1]) or 0, at } } end
end
table.sort(known, function(a, b) return a[2][2] > b[2][2] end)
local kept = {}
for i = 1, math.min(#known, ${KEPT_INSTANCES}) do kept[known[i][1]] = known[i][2] end
kept[ARGV[1]] = ARGV[2] ~= '' and { tonumber(ARGV[2]), now } or nil
keep(KEYS[1], kept)

if denied.others > 0 or next(denied.by) then
  local before = parsed(texts[2])
  if not before or before.bucket ~= bucket or type(before.by) ~= 'table' then before = { by = {}, others = 0 } end
  for name, count in pairs(denied.by) do before.by[name] = (tonumber(before.by[name]) or 0) + count end
  local all = {}
  for name, count in pairs(before.by) do all[#all + 1] = { name, tonumber(count) or 0 } end
  table.sort(all, function(a, b) return a[2] > b[2] end)
  local by, others = {}, (tonumber(before.others) or 0) + denied.others
  for i, entry in ipairs(all) do
    if i <= ${KEPT_ORGANISATIONS} then by[entry[1]] = entry[2] else others = others + entry[2] end
  end
  keep(bucketKey, { bucket = bucket, by = by, others = others })
end
return 1
`);

/** Gives Redis' time, and the values. It writes nothing: support's user may not. */
export const readReports: Script = plainScript(`${CLOCK}
local reply = { now }
for i, value in ipairs(redis.call('MGET', unpack(KEYS))) do reply[i + 1] = value or '' end
return reply
`);
