-- SPDX-License-Identifier: Apache-2.0
-- wrk -s load.lua URL -- REQUESTS: sends the signed requests of the file REQUESTS in turn; the last line of the
-- output is the result as JSON. No response(): it would cost wrk more than the servers have to do.
local prepared, at = {}, 0

function init(args)
  for i, one in ipairs(dofile(args[1])) do
    prepared[i] = wrk.format("POST", nil, one.headers, one.body)
  end
end

function request()
  at = at % #prepared + 1
  return prepared[at]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"answers":%d,"seconds":%.6f,"p50_ms":%.3f,"p99_ms":%.3f,"not_2xx":%d,"socket_errors":%d,"timeouts":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.status, errors.connect + errors.read + errors.write, errors.timeout))
end
