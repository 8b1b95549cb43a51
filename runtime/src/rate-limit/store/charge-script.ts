import { createHash } from 'node:crypto';
import { COUNTERS } from './counter-script';

/** A Lua script and the digest by which EVALSHA calls it. */
export interface Script {
  readonly source: string;
  readonly sha: string;
}

/** Sets `now` from Redis' own clock, in milliseconds: the clocks of the app's machines decide nothing. */
const SERVER_CLOCK = `local time = redis.call('TIME')
now = time[1] * 1000 + time[2] / 1000`;

/** Charges are made at the end of the millisecond, and all else is asked at its beginning (window.ts). */
const WHOLE_MILLISECONDS = 'local moment = ceil(now)\nnow = floor(now)';

/*
 * KEYS: for each request, its counters. ARGV: the shapes of the requests (shapes.ts), and for each request the number of
 * its shape, its cost and its limit in each counter.
 *
 * Nothing is charged unless the cost fits in every counter that is not in shadow. Those in shadow are charged like that
 * by themselves: all of them, or none.
 *
 * Reply: the time in ms, and for each request 0 when it is admitted, the ms until it fits when it is not, -1 when it
 * never fits; the same of its counters in shadow, where its shape has some; then of each counter its sum and its newest
 * charge.
 */
const CHARGE_ALL = `
local shapes, arg = shapesOf(1)
local texts, counters, byKey, reply, key = textsOf(KEYS), {}, {}, { now }, 0
local size = 1

local function longer(one, other)
  if one < 0 or other < 0 then return -1 end
  return max(one, other)
end

while arg <= #ARGV do
  local shape, cost = shapes[tonumber(ARGV[arg])], tonumber(ARGV[arg + 1])
  local wait, shadow, charged = 0, 0, {}
  arg = arg + 1
  for w = 1, shape.size do
    local name = KEYS[key + w]
    local counter = byKey[name]
    if not counter then
      counter = current(counterOf(name, texts[name], shape.lengths[w], shape.units[w]))
      byKey[name], counters[#counters + 1] = counter, counter
    end
    charged[w] = counter
    local limit = tonumber(ARGV[arg + w])
    local excess = counter.total + cost - limit
    if cost > 0 then
      counter.isRead = false
      if excess > 0 then
        local own = cost > limit and -1 or fitsAt(counter, excess) - now
        if shape.shadow[w] then shadow = longer(shadow, own) else wait = longer(wait, own) end
      end
    end
  end
  size = size + 1
  reply[size] = wait
  if shape.hasShadow then
    size = size + 1
    reply[size] = shadow
  end
  for w = 1, shape.size do
    local counter = charged[w]
    if wait == 0 and cost > 0 and (shadow == 0 or not shape.shadow[w]) then charge(counter, cost, moment) end
    reply[size + 1], reply[size + 2] = counter.total, counter.newest
    size = size + 2
  end
  key, arg = key + shape.size, arg + shape.size + 1
end
saveAll(counters)
return reply
`;

/*
 * A bucket that left the window gives nothing back, and no bucket goes below zero. The reset that clients are told
 * comes from the newest charge: a bucket that is empty again hands over to the newest before it.
 */
const GIVE_BACK = `
local function handOver(counter)
  while counter.amount == 0 and not isEmpty(counter) do
    local at = #counter.text - counter.width + 1
    local amount, gap = entry(counter, at)
    counter.newest, counter.amount, counter.closed = counter.closed, amount, counter.closed - gap
    counter.text = sub(counter.text, 1, at - 1)
  end
end

local function giveBack(counter, bucket, amount)
  local length, time = counter.length, counter.newest
  counter.isRead = false
  if floor(time * N / length) == bucket then
    local back = min(amount, counter.amount)
    if back <= 0 then return end
    counter.amount, counter.total, counter.write = counter.amount - back, counter.total - back, 2
    return handOver(counter)
  end
  time = counter.closed
  for at = #counter.text - counter.width + 1, counter.from, -counter.width do
    local charged, gap = entry(counter, at)
    local found = floor(time * N / length)
    if found < bucket then return end
    if found == bucket and charged > 0 then
      local back = min(amount, charged)
      local text = counter.text
      counter.text = sub(text, 1, at - 1) .. packed(counter, charged - back, gap) .. sub(text, at + counter.width)
      counter.total, counter.write = counter.total - back, 2
      return
    end
    time = time - gap
  end
end
`;

/* KEYS: the counters. ARGV: their shape, the amount, and the bucket of each that was charged; -1 where none was. */
const REFUND = `
local shapes, arg = shapesOf(1)
local shape, texts, counters = shapes[1], textsOf(KEYS), {}
for w = 1, #KEYS do
  local key, bucket = KEYS[w], tonumber(ARGV[arg + w])
  if texts[key] and bucket >= 0 then
    counters[#counters + 1] = counterOf(key, texts[key], shape.lengths[w], shape.units[w])
    giveBack(counters[#counters], bucket, tonumber(ARGV[arg]))
  end
end
saveAll(counters)
return 1
`;

/** 2^53 - 1: more than any limit, and the largest integer that Lua's numbers hold exactly. */
const NO_LIMIT = '9007199254740991';

/** A limit as the scripts read it. */
export const limitArgument = (limit: number): string => (limit === Infinity ? NO_LIMIT : String(limit));

/**
 * A script whose body may `charge` counters that are `current` at `now`, at `moment`.
 *
 * @param clock Lua that sets `now`, ms, with a fraction where it knows one. Tests pass their own and need not wait.
 */
export function timedScript(body: string, clock: string = SERVER_CLOCK): Script {
  return plainScript(`${COUNTERS}\n${clock}\n${WHOLE_MILLISECONDS}\n${body}`);
}

/** A script whose body may `giveBack` what was charged. */
export function refundingScript(body: string): Script {
  return plainScript(`${COUNTERS}\n${GIVE_BACK}${body}`);
}

/** Decides requests and charges those that fit, atomically. */
export function chargeScript(clock?: string): Script {
  return timedScript(CHARGE_ALL, clock);
}

/** Gives back part of what a request was charged. */
export const refundScript: Script = refundingScript(REFUND);

/** A script that needs none of the functions above. */
export function plainScript(source: string): Script {
  return { source, sha: createHash('sha1').update(source).digest('hex') };
}
