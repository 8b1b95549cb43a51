import { BUCKETS, FAR } from './window';

/** A counter's key is renewed once in so many buckets. */
const RENEWED = 8;
/** So its life is longer than a window: by these, by the bucket that a block is charged ahead, and by one to spare. */
const LIFE = BUCKETS + RENEWED + 2;

/**
 * What `newest − closed` and the distance of two entries are kept in: a power of two, of four buckets or more. A longer
 * distance is bridged by entries without a charge.
 */
export function gapUnit(windowMs: number): number {
  return 2 ** Math.ceil(Math.log2((4 * windowMs) / BUCKETS));
}

/**
 * The fields of a counter, in Lua a list: a table with names costs Redis as much as a command. The last seven are what is
 * read of the header.
 */
const FIELDS = [
  ...['key', 'text', 'window', 'write', 'tail', 'hasDropped', 'epoch', 'back'],
  ...['width', 'newest', 'closed', 'first', 'total', 'amount', 'from'],
];

/** Lua in which `counter.total` is said by its place in the list. What is no field stays a name: it is rarely there. */
export function byPlace(lua: string): string {
  return lua.replace(/\bcounter\.(\w+)/g, (said, name: string) =>
    FIELDS.includes(name) ? `counter[${FIELDS.indexOf(name) + 1}]` : said,
  );
}

/*
 * A counter is what one client was charged in one window, in one string: a hash of its buckets would take twice the
 * memory, and a command for each of what it is asked.
 *
 *   1 byte   the width of an entry, and what follows the header: 16 an epoch, 32 a correction
 *   6 bytes  newest: the time of the last charge, ms since 1970
 *   5 bytes  newest − closed: the time of the last entry of the list
 *   5 bytes  newest − first: the time of the first entry of the list
 *   7 bytes  total: what counts now, of the list and the newest bucket
 *   7 bytes  amount: what was charged in the newest bucket
 *   6 bytes  epoch: when the first reserved block was charged here, where one was (block-script.ts)
 *   12 bytes correction: by how much charges were moved back (window.ts), and when
 *   then the list, oldest first: of each earlier bucket its charges, and the time from the entry before it to its last
 *   charge, as one number, charges · unit + time
 *
 * A call in the newest bucket changes the header alone. The list is read from its start, as far as buckets have left the
 * window, and grows at its end.
 *
 * The strings of a script's keys are read by one MGET, changed in Lua, and written once each, after everything is
 * decided: many calls of one client cost as many commands as one. A script that fails halfway has charged what nobody was
 * admitted for, and never the reverse.
 */
export const COUNTERS = byPlace(`
local N, FAR, LIFE, RENEWED = ${BUCKETS}, ${FAR}, ${LIFE}, ${RENEWED}
local HEADER, HEADER_SIZE, WIDE = '>BI6I5I5I7I7', 31, 13
local FORMATS = { '>I1', '>I2', '>I3', '>I4', '>I5', '>I6' }
local POWERS = { 256, 65536, 16777216, 4294967296, 1099511627776, 281474976710656 }
local floor, ceil, max, min, sub = math.floor, math.ceil, math.max, math.min, string.sub
local pack, parse = struct.pack, struct.unpack
local now

local function entry(counter, at)
  local width = counter.width
  if width == WIDE then return parse('>I7I6', counter.text, at) end
  local value, unit = parse(FORMATS[width], counter.text, at), counter.window.unit
  local amount = floor(value / unit)
  return amount, value - amount * unit
end

local function packed(counter, amount, gap)
  if counter.width == WIDE then return pack('>I7I6', amount, gap) end
  return pack(FORMATS[counter.width], amount * counter.window.unit + gap)
end

local function isEmpty(counter)
  return counter.from > #counter.text and counter.tail == ''
end

local function join(counter)
  if counter.tail ~= '' then
    counter.text, counter.from, counter.tail = sub(counter.text, counter.from) .. counter.tail, 1, ''
  end
end

local function dropList(counter)
  counter.text, counter.from, counter.tail = '', 1, ''
  counter.closed, counter.first = counter.newest, counter.newest
end

local function widen(counter, amount)
  join(counter)
  local amounts, gaps = {}, {}
  for at = counter.from, #counter.text, counter.width do
    amounts[#amounts + 1], gaps[#gaps + 1] = entry(counter, at)
  end
  local width = counter.width
  repeat width = width + 1 until width > 6 or (amount + 1) * counter.window.unit <= POWERS[width]
  counter.width = width > 6 and WIDE or width
  for i = 1, #amounts do amounts[i] = packed(counter, amounts[i], gaps[i]) end
  counter.text, counter.from = table.concat(amounts), 1
end

local function close(counter)
  local amount, unit = counter.amount, counter.window.unit
  if counter.width ~= WIDE and (amount + 1) * unit > POWERS[counter.width] then widen(counter, amount) end
  local gap, bridge = 0, ''
  if isEmpty(counter) then
    counter.first = counter.newest
  else
    gap = counter.newest - counter.closed
    while gap >= unit do
      bridge = bridge .. packed(counter, 0, unit - 1)
      gap = gap - (unit - 1)
    end
  end
  counter.tail = counter.tail .. bridge .. packed(counter, amount, gap)
  counter.closed = counter.newest
end

local function moveWithClock(counter)
  local bucket = counter.window.bucket
  if counter.back then
    local after = now - (counter.newest + counter.back)
    local isRight = after >= -bucket and after <= (N + 2) * bucket
    if isRight then
      counter.newest, counter.closed = counter.newest + counter.back, counter.closed + counter.back
      counter.first = counter.first + counter.back
    end
    if isRight or now - counter.backSince > counter.window.length + bucket then
      counter.back, counter.backSince, counter.hasMoved = false, nil, true
    end
  end
  if counter.newest - now > FAR * bucket then
    local by = counter.newest - now - floor(bucket)
    counter.newest, counter.closed, counter.first = counter.newest - by, counter.closed - by, counter.first - by
    counter.back, counter.backSince, counter.hasMoved = (counter.back or 0) + by, now, true
  end
end

local function dropOld(counter)
  local oldest = now - counter.window.length
  if counter.first > oldest then return end
  counter.hasDropped = true
  if counter.newest <= oldest then
    counter.total, counter.amount = 0, 0
    dropList(counter)
    return
  end
  local amount, gap = entry(counter, counter.from)
  repeat
    counter.total = counter.total - amount
    counter.from = counter.from + counter.width
    if isEmpty(counter) then return dropList(counter) end
    amount, gap = entry(counter, counter.from)
    counter.first = counter.first + gap
  until counter.first > oldest
end

local function counterOf(key, text, window)
  if not text then
    return { key, '', window, 0, '', false, false, false, window.width, 0, 0, 0, 0, 0, 1 }
  end
  local counter = { key, text, window, 0, '', false, false, false, parse(HEADER, text) }
  local flags = counter.width
  counter.closed, counter.first = counter.newest - counter.closed, counter.newest - counter.first
  if flags > 15 then
    counter.width = flags % 16
    if floor(flags / 16) % 2 == 1 then counter.epoch, counter.from = parse('>I6', text, counter.from) end
    if flags > 31 then counter.back, counter.backSince, counter.from = parse('>I6I6', text, counter.from) end
  end
  return counter
end

local function current(counter)
  if counter.total > 0 then
    if counter.back or counter.newest > now then moveWithClock(counter) end
    dropOld(counter)
  end
  return counter
end

local function fitsAt(counter, excess)
  join(counter)
  local time, amount, gap = counter.first
  for at = counter.from, #counter.text, counter.width do
    amount, gap = entry(counter, at)
    if at > counter.from then time = time + gap end
    excess = excess - amount
    if excess <= 0 then return time + counter.window.length end
  end
  return counter.newest + counter.window.length
end

local function charge(counter, cost, time)
  local write, newest = (counter.hasDropped or counter.hasMoved) and 2 or 1, counter.newest
  if counter.total == 0 then
    counter.newest, counter.amount, write = time, 0, 3
    dropList(counter)
  elseif time > newest then
    local length = counter.window.length
    local bucket, last = floor(time * N / length), floor(newest * N / length)
    if bucket > last then
      close(counter)
      counter.amount, write = 0, floor(bucket / RENEWED) > floor(last / RENEWED) and 3 or 2
    end
    counter.newest = time
  end
  counter.amount, counter.total = counter.amount + cost, counter.total + cost
  if write > counter.write then counter.write = write end
end

local function save(counter)
  local key, newest, closed, first, flags, more =
    counter.key, counter.newest, counter.closed, counter.first, counter.width, ''
  if isEmpty(counter) then closed, first = newest, newest end
  if counter.epoch then flags, more = flags + 16, pack('>I6', counter.epoch) end
  if counter.back then flags, more = flags + 32, more .. pack('>I6I6', counter.back, counter.backSince) end
  local header = pack(HEADER, flags, newest, newest - closed, newest - first, counter.total, counter.amount)
  local write, life = counter.write, counter.window.life
  if write == 1 then return redis.call('SETRANGE', key, '0', header) end
  local text = header .. more .. sub(counter.text, counter.from) .. counter.tail
  if write == 3 and counter.back then
    local left = redis.pcall('PTTL', key)
    if type(left) == 'number' and left > tonumber(life) then write = 2 end
  end
  if write == 3 then return redis.call('SET', key, text, 'PX', life) end
  return redis.call('SET', key, text, 'KEEPTTL')
end

local places, texts, counters, found = {}, {}, {}, 0

local function saveAll()
  for i = 1, found do
    local counter = counters[i]
    if counter and counter.write > 0 then save(counter) end
  end
end

local function fetch(keys)
  local wanted = {}
  for i = 1, #keys do
    local key = keys[i]
    if not places[key] then
      found = found + 1
      wanted[found], places[key] = key, found
    end
  end
  texts = redis.call('MGET', unpack(wanted))
end

local function counterAt(key, window)
  local place = places[key]
  local counter = counters[place]
  if not counter then
    counter = current(counterOf(key, texts[place], window))
    counters[place] = counter
  end
  return counter
end

local function shapesOf(arg)
  local shapes = {}
  for i = 1, tonumber(ARGV[arg]) do
    local shape = { size = tonumber(ARGV[arg + 1]), windows = {}, shadow = {}, hasShadow = false }
    arg = arg + 1
    for w = 1, shape.size do
      local length, unit, width = tonumber(ARGV[arg + 1]), tonumber(ARGV[arg + 2]), 2
      while POWERS[width] < unit * 8 and width < 6 do width = width + 1 end
      shape.windows[w] = {
        length = length, unit = unit, width = width, bucket = length / N,
        life = string.format('%d', ceil(length * LIFE / N))
      }
      shape.shadow[w] = ARGV[arg + 3] == '1'
      shape.hasShadow = shape.hasShadow or shape.shadow[w]
      arg = arg + 3
    end
    shapes[i] = shape
  end
  return shapes, arg + 1
end
`);
