import { createHash } from 'node:crypto';
import { BUCKETS, FAR, RING } from './window';

/** A Lua script and the digest by which EVALSHA calls it. */
export interface Script {
  readonly source: string;
  readonly sha: string;
}

/** Sets `now` from Redis' own clock, in milliseconds: the clocks of the app's machines decide nothing. */
const SERVER_CLOCK = `local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`;

/*
 * A window's hash: `h` the newest bucket that was current when something was charged, `l` the newest
 * bucket charged ahead by a reserved block, `t` the sum of all live buckets, and one field for each charged slot
 * of the ring (window.ts). Time never runs backwards for a key: its current bucket is `h` at least. Where Redis' clock
 * was set back far, every charge moves back with it (window.ts): `b` is the current bucket of that
 * moment, `d` by how many buckets. They move forward again if the clock is put right within a window, for which the
 * key keeps its longer life.
 *
 * Because the sum is kept, a call costs the same however many buckets are charged: only the buckets that left
 * the window since `h` are read. Nothing is written unless the cost fits in every window.
 */
const READ_WINDOW = `
local function move(key, by, head, ahead)
  local slots, moved = {}, { 'h', head + by }
  for slot = 0, RING - 1 do slots[slot + 1] = slot end
  for i, charged in ipairs(redis.call('HMGET', key, unpack(slots))) do
    if charged then
      moved[#moved + 1] = (slots[i] + by) % RING
      moved[#moved + 1] = charged
    end
  end
  if ahead then
    moved[#moved + 1] = 'l'
    moved[#moved + 1] = ahead + by
  end
  redis.call('HDEL', key, unpack(slots))
  redis.call('HSET', key, unpack(moved))
  return head + by, ahead and ahead + by
end

local function read(key, length)
  local seen = redis.call('HMGET', key, 'h', 't', 'l', 'b')
  local current = math.floor(now * N / length)
  if not seen[1] then return { current = current, total = 0, newest = current } end
  local head, ahead, backSince = tonumber(seen[1]), tonumber(seen[3] or nil), tonumber(seen[4] or nil)
  local back = 0
  if backSince then
    back = tonumber(redis.call('HGET', key, 'd'))
    local after = current - (head + back)
    local isRight = after >= -1 and after <= RING
    if isRight then head, ahead = move(key, back, head, ahead) end
    if isRight or current - backSince > N + 1 then
      redis.call('HDEL', key, 'b', 'd')
      back, backSince = 0, nil
    end
  end
  if head - current > FAR then
    local by = head - current - 1
    head, ahead = move(key, -by, head, ahead)
    backSince = current
    redis.call('HSET', key, 'b', backSince, 'd', back + by)
  end
  local newest = math.max(head, ahead or 0)
  if current <= head then return { current = head, head = head, total = tonumber(seen[2]), newest = newest } end
  if current - head >= RING then return { current = current, total = 0, newest = current, stale = true } end
  local gone, total = {}, tonumber(seen[2])
  for bucket = head - N, current - N - 1 do gone[#gone + 1] = bucket % RING end
  for _, charged in ipairs(redis.call('HMGET', key, unpack(gone))) do total = total - (charged or 0) end
  return { current = current, head = head, total = total, newest = newest, gone = gone, back = backSince }
end

local function fitsAt(key, length, window, excess)
  local slots = {}
  for bucket = window.current - N, window.head + 1 do slots[#slots + 1] = bucket % RING end
  local charges = redis.call('HMGET', key, unpack(slots))
  for i = 1, #slots do
    excess = excess - (charges[i] or 0)
    if excess <= 0 then return math.ceil((window.current + i) * length / N) end
  end
  return math.ceil((window.head + 2 + N) * length / N)
end

local function commit(key, length, window, cost, bucket)
  if window.stale then redis.call('DEL', key) end
  if window.gone then redis.call('HDEL', key, unpack(window.gone)) end
  redis.call('HINCRBY', key, bucket % RING, cost)
  window.total = window.total + cost
  if window.current == window.head then
    redis.call('HSET', key, 't', window.total)
  else
    redis.call('HSET', key, 'h', window.current, 't', window.total)
    local life = math.ceil(length * RING / N)
    local left = window.back and redis.pcall('PTTL', key)
    if type(left) ~= 'number' or left < life then redis.call('PEXPIRE', key, life) end
  end
  window.newest = math.max(window.newest, bucket)
end
`;

/*
 * KEYS: for each request, the hash of each window. ARGV: how many windows, each one's length in ms, and
 * for each request its cost and its limit in each window.
 *
 * Reply: the time in ms, and for each request 0 when it is admitted, the ms until it fits when it is not,
 * -1 when it never fits; then for each window its sum, its current bucket, its newest charged bucket.
 */
const CHARGE_ALL = `
local windows = tonumber(ARGV[1])
local reply, arg = { now }, windows + 2
for key = 0, #KEYS - 1, windows do
  local cost, wait, states = tonumber(ARGV[arg]), 0, {}
  for w = 1, windows do
    local length, limit = tonumber(ARGV[w + 1]), tonumber(ARGV[arg + w])
    local window = read(KEYS[key + w], length)
    states[w] = window
    local excess = window.total + cost - limit
    if cost > limit then
      wait = -1
    elseif cost > 0 and excess > 0 and wait >= 0 then
      wait = math.max(wait, fitsAt(KEYS[key + w], length, window, excess) - now)
    end
  end
  reply[#reply + 1] = wait
  for w = 1, windows do
    if wait == 0 and cost > 0 then commit(KEYS[key + w], tonumber(ARGV[w + 1]), states[w], cost, states[w].current) end
    reply[#reply + 1] = states[w].total
    reply[#reply + 1] = states[w].current
    reply[#reply + 1] = states[w].newest
  end
  arg = arg + 1 + windows
end
return reply
`;

/*
 * A bucket that left the window gives nothing back, and no bucket goes below zero. The reset that clients are told
 * comes from the newest bucket that is charged: one that is empty again hands over to the newest before it.
 */
const GIVE_BACK = `
local function handOver(key, head)
  local slots = {}
  for bucket = head, head - N, -1 do slots[#slots + 1] = bucket % RING end
  for i, charged in ipairs(redis.call('HMGET', key, unpack(slots))) do
    if charged then
      if i > 1 then redis.call('HSET', key, 'h', head + 1 - i) end
      return
    end
  end
end

local function giveBack(key, bucket, amount)
  local seen = redis.call('HMGET', key, 'h', bucket % RING, 'l')
  if not (seen[1] and seen[2]) or bucket < seen[1] - N or bucket > seen[1] + 1 then return end
  local back = math.min(amount, tonumber(seen[2]))
  if back <= 0 then return end
  redis.call('HINCRBY', key, 't', -back)
  if redis.call('HINCRBY', key, bucket % RING, -back) > 0 then return end
  local head, ahead = tonumber(seen[1]), tonumber(seen[3] or nil)
  redis.call('HDEL', key, bucket % RING)
  if bucket == ahead then redis.call('HDEL', key, 'l') end
  if bucket == ahead or not ahead or ahead < head then handOver(key, head) end
end
`;

/* KEYS: the hash of each window. ARGV: the amount, and the bucket that was charged in each window. */
const REFUND = `
for w = 1, #KEYS do giveBack(KEYS[w], tonumber(ARGV[w + 1]), tonumber(ARGV[1])) end
return 1
`;

/**
 * The keys of a client's windows, all in one hash slot. A key holds the client and the window's geometry, not the tier
 * or the limit: a change of tier finds what was spent before it.
 */
export function windowKeys(windowsMs: readonly number[]): (client: string) => string[] {
  const suffixes = windowsMs.map((length) => `}:${length / 1_000}s/${BUCKETS}`);
  return (client) => suffixes.map((suffix) => `portcullis:{${client}${suffix}`);
}

/** 2^53 - 1: more than any limit, and the largest integer that Lua's numbers hold exactly. */
const NO_LIMIT = '9007199254740991';

/** A limit as the scripts read it. */
export const limitArgument = (limit: number): string => (limit === Infinity ? NO_LIMIT : String(limit));

/**
 * A script whose body may `read` and `commit` windows at `now`.
 *
 * @param clock Lua that sets `now`. Tests pass their own and need not wait.
 */
export function timedScript(body: string, clock: string = SERVER_CLOCK): Script {
  return script(`${clock}\n${READ_WINDOW}${body}`);
}

/** A script whose body may `giveBack` what was charged. */
export function refundingScript(body: string): Script {
  return script(`${GIVE_BACK}${body}`);
}

/** Decides requests and charges those that fit, atomically. */
export function chargeScript(clock?: string): Script {
  return timedScript(CHARGE_ALL, clock);
}

/** Gives back part of what a request was charged. */
export const refundScript: Script = refundingScript(REFUND);

function script(body: string): Script {
  return plainScript(`local N, RING, FAR = ${BUCKETS}, ${RING}, ${FAR}\n${body}`);
}

/** A script that needs none of the functions above. */
export function plainScript(source: string): Script {
  return { source, sha: createHash('sha1').update(source).digest('hex') };
}
