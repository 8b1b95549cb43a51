import { refundingScript, timedScript, type Script } from '../store/charge-script';

/** A block is at most a quarter of what is left: near the limit blocks shrink, and other processes get some too. */
const SHARE = 4;
/** A block of fewer units would save too few round trips. */
const LEAST = 4;

/*
 * KEYS: for each block, the block and the hash of each window, the longest last. ARGV: how many windows, for how
 * many ms blocks can be given back, each window's length in ms, and for each block the units wanted and the
 * limit in each window.
 *
 * A block is charged one bucket ahead. It lives less than a bucket (window.ts), so whenever it is spent, its charge
 * counts for at least a window from then on. `e` in the longest window's hash says when the first block of this hash
 * was reserved. A hash that was deleted and made anew has another `e`: older blocks were never charged to it.
 *
 * Reply: the time in ms, and for each block the units granted, then for each window its sum and the bucket
 * charged.
 */
const RESERVE_ALL = `
local windows = tonumber(ARGV[1])
local reply, arg = { now }, windows + 3
for key = 1, #KEYS, windows + 1 do
  local granted, states = tonumber(ARGV[arg]), {}
  for w = 1, windows do
    states[w] = read(KEYS[key + w], tonumber(ARGV[w + 2]))
    granted = math.min(granted, math.floor((tonumber(ARGV[arg + w]) - states[w].total) / ${SHARE}))
  end
  if granted < ${LEAST} then granted = 0 end

  reply[#reply + 1] = granted
  local block = { 'n', granted }
  for w = 1, windows do
    local bucket = states[w].current + 1
    if granted > 0 then
      commit(KEYS[key + w], tonumber(ARGV[w + 2]), states[w], granted, bucket)
      redis.call('HSET', KEYS[key + w], 'l', bucket)
    end
    reply[#reply + 1] = states[w].total
    reply[#reply + 1] = bucket
    block[#block + 1] = w
    block[#block + 1] = bucket
  end
  if granted > 0 then
    local first = redis.call('HGET', KEYS[key + windows], 'e')
    if not first then
      first = now
      redis.call('HSET', KEYS[key + windows], 'e', first)
    end
    redis.call('HSET', KEYS[key], 'e', first, unpack(block))
    redis.call('PEXPIRE', KEYS[key], ARGV[2])
  end
  arg = arg + 1 + windows
end
return reply
`;

/*
 * KEYS: as above. ARGV: for each block, the units that were not spent. Reply: for each block, the units given back.
 * A block can be given back once: a command that is carried out twice gives nothing back the second time.
 */
const RETURN_ALL = `
local windows = #KEYS / #ARGV - 1
local fields = { 'n', 'e' }
for w = 1, windows do fields[#fields + 1] = w end
local reply = {}
for i, unspent in ipairs(ARGV) do
  local key, back = 1 + (i - 1) * (windows + 1), 0
  local block = redis.call('HMGET', KEYS[key], unpack(fields))
  if redis.call('DEL', KEYS[key]) == 1 and redis.call('HGET', KEYS[key + windows], 'e') == block[2] then
    back = math.min(tonumber(unspent), tonumber(block[1]))
    for w = 1, windows do giveBack(KEYS[key + w], tonumber(block[2 + w]), back) end
  end
  reply[i] = back
end
return reply
`;

/** The key of a reserved block, in the hash slot of its client's windows. */
export function blockKey(client: string, block: string): string {
  return `portcullis:{${client}}:block:${block}`;
}

/** Takes blocks of units out of clients' limits. @param clock as in `chargeScript()`. */
export function reserveScript(clock?: string): Script {
  return timedScript(RESERVE_ALL, clock);
}

/** Gives back what was not spent of blocks. */
export const returnScript: Script = refundingScript(RETURN_ALL);
