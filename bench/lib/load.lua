-- wrk's side of load.ts. Arguments: a file with one header a line, and how many of them to skip.
-- Each request takes the next header, so that one file is many clients or many tokens.
local requests, at = {}, 0

function init(args)
  for line in io.lines(args[1]) do
    local name, value = line:match('^(.-): (.*)$')
    requests[#requests + 1] = wrk.format('GET', nil, { [name] = value })
  end
  at = tonumber(args[2])
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency)
  local errors = summary.errors
  io.stdout:write(string.format(
    '\n{"requests":%d,"microseconds":%d,"p50":%d,"p99":%d,"refused":%d,"broken":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
