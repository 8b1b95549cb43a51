import { refundingScript, timedScript, type Script } from './charge-script';

/** A block is at most this part of what is left, so that blocks shrink near the limit and leave some to others. */
const SHARE = 4;
/** A smaller block saves too few round trips to be worth one. */
const LEAST = 4;

/*
 * KEYS: the block, and the hash of each window, the longest last. ARGV: the units wanted, for how many ms the
 * block can be given back, and each window's length in ms and limit.
 *
 * A block is charged one bucket ahead: whatever moment of its life (less than a bucket, window.ts) it is spent
 * at, its charge counts for at least a window from then on. `e` in the longest window's hash says when its first
 * block was leased: a hash that was deleted in between is another one, which the block was never charged to.
 *
 * Reply: the time in ms, the units granted, and for each window its sum and the bucket charged.
 */
const LEASE = `
local granted, states = tonumber(ARGV[1]), {}
for w = 1, #KEYS - 1 do
  local length, limit = tonumber(ARGV[1 + 2 * w]), tonumber(ARGV[2 + 2 * w])
  states[w] = read(KEYS[w + 1], length)
  granted = math.min(granted, math.floor((limit - states[w].total) / ${SHARE}))
end
if granted < ${LEAST} then return { now, 0 } end

local reply, block = { now, granted }, { 'n', granted }
for w = 1, #KEYS - 1 do
  local bucket = states[w].current + 1
  commit(KEYS[w + 1], tonumber(ARGV[1 + 2 * w]), states[w], granted, bucket)
  redis.call('HSET', KEYS[w + 1], 'l', bucket)
  reply[#reply + 1] = states[w].total
  reply[#reply + 1] = bucket
  block[#block + 1] = w
  block[#block + 1] = bucket
end
local first = redis.call('HGET', KEYS[#KEYS], 'e')
if not first then
  first = now
  redis.call('HSET', KEYS[#KEYS], 'e', first)
end
redis.call('HSET', KEYS[1], 'e', first, unpack(block))
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return reply
`;

/*
 * KEYS: as above. ARGV: the units that were not spent. Reply: the units given back. A block can be given back
 * once: a command that is sent or carried out twice gives nothing the second time.
 */
const RETURN = `
local fields = { 'n', 'e' }
for w = 1, #KEYS - 1 do fields[#fields + 1] = w end
local block = redis.call('HMGET', KEYS[1], unpack(fields))
if redis.call('DEL', KEYS[1]) == 0 or redis.call('HGET', KEYS[#KEYS], 'e') ~= block[2] then return 0 end
local back = math.min(tonumber(ARGV[1]), tonumber(block[1]))
for w = 1, #KEYS - 1 do giveBack(KEYS[w + 1], tonumber(block[2 + w]), back) end
return back
`;

/** Takes a block of units out of a client's limits. @param clock as in `chargeScript()`. */
export function leaseScript(clock?: string): Script {
  return timedScript(LEASE, clock);
}

/** Gives back what was not spent of a block. */
export const returnScript: Script = refundingScript(RETURN);
