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
 * One hash for each service: field `i` says which version of the overrides each instance follows, fields `0` to `12` who
 * was denied in a bucket of five minutes. All values are JSON, of bounded size. What is in there was written by this
 * script; text that it cannot read is written anew.
 *
 * KEYS[1] the hash. ARGV: the instance; the version that it follows, or an empty text; what it denied, as JSON: counts by
 * organisation, and `others`.
 */
export const reportScript: Script = plainScript(`${CLOCK}
local function parsed(text)
  if not text then return nil end
  local ok, value = pcall(cjson.decode, text)
  if ok and type(value) == 'table' then return value end
  return nil
end

local instances = parsed(redis.call('HGET', KEYS[1], 'i')) or {}
local known = {}
for name, report in pairs(instances) do
  if type(report) == 'table' and tonumber(report[2]) and now - tonumber(report[2]) < ${GONE_AFTER_MS} then
    known[#known + 1] = { name, { tonumber(report[1]) or 0, tonumber(report[2]) } }
  end
end
table.sort(known, function(a, b) return a[2][2] > b[2][2] end)
local kept = {}
for i = 1, math.min(#known, ${KEPT_INSTANCES}) do kept[known[i][1]] = known[i][2] end
kept[ARGV[1]] = ARGV[2] ~= '' and { tonumber(ARGV[2]), now } or nil
redis.call('HSET', KEYS[1], 'i', cjson.encode(kept))

local denied = cjson.decode(ARGV[3])
if denied.others > 0 or next(denied.by) then
  local bucket = math.floor(now / ${BUCKET_MS})
  local field = tostring(bucket % ${KEPT_BUCKETS})
  local before = parsed(redis.call('HGET', KEYS[1], field))
  if not before or before.bucket ~= bucket or type(before.by) ~= 'table' then
    before = { by = {}, others = 0 }
  end
  for name, count in pairs(denied.by) do before.by[name] = (tonumber(before.by[name]) or 0) + count end
  local all = {}
  for name, count in pairs(before.by) do all[#all + 1] = { name, tonumber(count) or 0 } end
  table.sort(all, function(a, b) return a[2] > b[2] end)
  local by, others = {}, (tonumber(before.others) or 0) + denied.others
  for i, entry in ipairs(all) do
    if i <= ${KEPT_ORGANISATIONS} then by[entry[1]] = entry[2] else others = others + entry[2] end
  end
  redis.call('HSET', KEYS[1], field, cjson.encode({ bucket = bucket, by = by, others = others }))
end
redis.call('PEXPIRE', KEYS[1], ${KEPT_MS})
return 1
`);

/** Gives Redis' time, field `i`, and the buckets. It writes nothing: support's user may not. */
export const readReports: Script = plainScript(`${CLOCK}
local fields = { 'i' }
for bucket = 0, ${KEPT_BUCKETS - 1} do fields[#fields + 1] = tostring(bucket) end
local values = redis.call('HMGET', KEYS[1], unpack(fields))
local reply = { now }
for i = 1, #fields do reply[i + 1] = values[i] or '' end
return reply
`);
