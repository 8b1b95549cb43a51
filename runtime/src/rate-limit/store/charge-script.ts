import { createHash } from 'node:crypto';
import { byPlace, COUNTERS } from './counter-script';

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
 * KEYS: for each request, its counters. ARGV: the shapes of the requests (shapes.ts), and then runs of requests of one
 * shape, cost and limits: the number of the shape, how many requests, the cost, and the limit in each counter. (Most
 * requests of a batch are alike, and an argument costs as much as a part of a decision.)
 *
 * Nothing is charged unless the cost fits in every counter that is not in shadow. Those in shadow are charged like that
 * by themselves: all of them, or none.
 *
 * Reply: the time in ms, and for each request 0 when it is admitted, the ms until it fits when it is not, -1 when it
 * never fits; the same of its counters in shadow, where its shape has some; then of each counter its sum, and how many ms
 * after that time its newest charge is.
 */
const CHARGE_ALL = `
local function longer(one, other)
  if one < 0 or other < 0 then return -1 end
  return max(one, other)
end

local shapes, arg = shapesOf(1)
local reply, at, key, charged = { now }, 1, 0, {}
fetch(KEYS)
while arg <= #ARGV do
  local shape, requests, cost = shapes[tonumber(ARGV[arg])], tonumber(ARGV[arg + 1]), tonumber(ARGV[arg + 2])
  local size, windows, inShadow, limits = shape.size, shape.windows, shape.shadow, {}
  for w = 1, size do limits[w] = tonumber(ARGV[arg + 2 + w]) end
  arg = arg + 3 + size
  for _ = 1, requests do
    local wait, shadow = 0, 0
    for w = 1, size do
      local counter = counterAt(KEYS[key + w], windows[w])
      charged[w] = counter
      if cost > 0 then
        local excess = counter.total + cost - limits[w]
        if excess > 0 then
          -- What is only read is not written, not even where it moved with the clock: support may read, and no more.
          if counter.hasMoved then counter.write = 2 end
          local own = cost > limits[w] and -1 or fitsAt(counter, excess) - now
          if inShadow[w] then shadow = longer(shadow, own) else wait = longer(wait, own) end
        end
      end
    end
    at = at + 1
    reply[at] = wait
    if shape.hasShadow then
      at = at + 1
      reply[at] = shadow
    end
    for w = 1, size do
      local counter = charged[w]
      if wait == 0 and cost > 0 and (shadow == 0 or not inShadow[w]) then charge(counter, cost, moment) end
      reply[at + 1], reply[at + 2] = counter.total, counter.newest - now
      at = at + 2
    end
    key = key + size
  end
end
saveAll()
return reply
`;

/*
 * A bucket that left the window gives nothing back, and no bucket goes below zero. The reset that clients are told
 * comes from the newest charge: a bucket that is empty again hands over to the newest before it.
 */
const GIVE_BACK = `
local function handOver(counter)
  join(counter)
  while counter.amount == 0 and not isEmpty(counter) do
    local at = #counter.text - counter.width + 1
    local amount, gap = entry(counter, at)
    counter.newest, counter.amount, counter.closed = counter.closed, amount, counter.closed - gap
    counter.text = sub(counter.text, 1, at - 1)
  end
end

local function giveBack(counter, bucket, amount)
  local length, time = counter.window.length, counter.newest
  if floor(time * N / length) == bucket then
    local back = min(amount, counter.amount)
    if back <= 0 then return end
    counter.amount, counter.total, counter.write = counter.amount - back, counter.total - back, 2
    return handOver(counter)
  end
  join(counter)
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
local shape = shapes[1]
fetch(KEYS)
for w = 1, #KEYS do
  local place, bucket = places[KEYS[w]], tonumber(ARGV[arg + w])
  if texts[place] and bucket >= 0 then
    counters[place] = counterOf(KEYS[w], texts[place], shape.windows[w])
    giveBack(counters[place], bucket, tonumber(ARGV[arg]))
  end
end
saveAll()
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
  return plainScript(`${COUNTERS}\n${clock}\n${WHOLE_MILLISECONDS}\n${byPlace(body)}`);
}

/** A script whose body may `giveBack` what was charged. */
export function refundingScript(body: string): Script {
  return plainScript(`${COUNTERS}\n${byPlace(GIVE_BACK + body)}`);
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
