-- SPDX-License-Identifier: Apache-2.0
-- wrk -s load.lua URL -- REQUESTS THREADS: sends the signed requests of the file REQUESTS in turn, each thread from
-- its own offset. The last line of the output is the result as JSON. There is no response(), because it would use more
-- CPU in wrk than the servers use. There are no percentiles, because a closed loop omits the wait of unsent requests.
local threads = 0
local prepared, at = {}, 0

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init(args)
  local file = assert(io.open(args[1], "rb"))
  for line in file:lines() do
    prepared[#prepared + 1] = file:read(tonumber(line))
  end
  file:close()
  at = math.floor(#prepared * number / tonumber(args[2]))
end

function request()
  at = at % #prepared + 1
  return prepared[at]
end

function done(summary)
  local errors = summary.errors
  io.write(string.format('{"answers":%d,"seconds":%.6f,"not_2xx":%d,"socket_errors":%d,"timeouts":%d}\n',
    summary.requests, summary.duration / 1e6, errors.status, errors.connect + errors.read + errors.write,
    errors.timeout))
end
