import { refundingScript, timedScript, type Script } from '../store/charge-script';
import { stemOf } from '../store/shape';

/** A block is at most a quarter of what is left: near the limit blocks shrink, and other processes get some too. */
const SHARE = 4;
/** A block of fewer units would save too few round trips. */
const LEAST = 4;

/*
 * KEYS: for each block, the block and its counters, the one with the longest window last. ARGV: the shapes of the blocks
 * (shapes.ts), for how many ms blocks can be given back, and for each block the number of its shape, the units wanted and
 * the limit in each counter.
 *
 * A block is charged W/N ahead (window.ts). It lives less, so whenever it is spent, its charge counts for at least a
 * window from then on. The epoch of the last counter says when the first block was charged to it. A counter that was
 * deleted and made anew has another one: older blocks were never charged to it.
 *
 * Reply: the time in ms, and for each block the units granted, then of each counter its sum, and how
 * many ms after that time its newest charge is. A block is kept as a text: its units, its epoch, and the bucket that was charged in each counter.
 */
const RESERVE_ALL = `
local shapes, arg = shapesOf(1)
local returnable = ARGV[arg]
local reply, key = { now }, 0
fetch(KEYS)
arg = arg + 1
while arg <= #ARGV do
  local shape, granted, charged = shapes[tonumber(ARGV[arg])], tonumber(ARGV[arg + 1]), {}
  arg = arg + 1
  for w = 1, shape.size do
    local name = KEYS[key + 1 + w]
    local counter = counterAt(name, shape.windows[w])
    charged[w] = counter
    granted = min(granted, floor((tonumber(ARGV[arg + w]) - counter.total) / ${SHARE}))
  end
  if granted < ${LEAST} then granted = 0 end

  reply[#reply + 1] = granted
  local counter = charged[shape.size]
  if granted > 0 and not counter.epoch then counter.epoch, counter.write = now, max(counter.write, 2) end
  local block = { granted, counter.epoch or 0 }
  for w = 1, shape.size do
    local counter = charged[w]
    if granted > 0 then charge(counter, granted, moment + floor(counter.window.bucket)) end
    block[#block + 1] = floor(counter.newest * N / counter.window.length)
    reply[#reply + 1] = counter.total
    reply[#reply + 1] = counter.newest - now
  end
  if granted > 0 then redis.call('SET', KEYS[key + 1], table.concat(block, ' '), 'PX', returnable) end
  key, arg = key + 1 + shape.size, arg + shape.size + 1
end
saveAll()
return reply
`;

/*
 * KEYS: as above. ARGV: the shapes of the blocks, and for each block the number of its shape and the units that were not
 * spent. Reply: for each block, the units given back. A block can be given back once: a command that is carried out twice
 * gives nothing back the second time.
 */
const RETURN_ALL = `
local shapes, arg = shapesOf(1)
local reply, key = {}, 0
fetch(KEYS)
while arg <= #ARGV do
  local shape, back = shapes[tonumber(ARGV[arg])], 0
  local block, charged = {}, {}
  local own = places[KEYS[key + 1]]
  for number in string.gmatch(texts[own] or '', '%d+') do block[#block + 1] = tonumber(number) end
  for w = 1, shape.size do
    local name = KEYS[key + 1 + w]
    local place = places[name]
    local counter = counters[place]
    if not counter then
      counter = counterOf(name, texts[place], shape.windows[w])
      counters[place] = counter
    end
    charged[w] = counter
  end
  if block[1] then
    texts[own] = false
    redis.call('DEL', KEYS[key + 1])
    local counter = charged[shape.size]
    if counter.epoch == block[2] then
      back = min(tonumber(ARGV[arg + 1]), block[1])
      for w = 1, shape.size do giveBack(charged[w], block[2 + w], back) end
    end
  end
  reply[#reply + 1] = back
  key, arg = key + 1 + shape.size, arg + 2
end
saveAll()
return reply
`;

/** The key of a reserved block, in the hash slot of its client's counters. */
export function blockKey(client: string, block: string): string {
  return `${stemOf(client)}:block:${block}`;
}

/** Takes blocks of units out of clients' limits. @param clock as in `chargeScript()`. */
export function reserveScript(clock?: string): Script {
  return timedScript(RESERVE_ALL, clock);
}

/** Gives back what was not spent of blocks. */
export const returnScript: Script = refundingScript(RETURN_ALL);
