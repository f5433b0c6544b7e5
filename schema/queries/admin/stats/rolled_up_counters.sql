-- SPDX-License-Identifier: Apache-2.0
-- Sums the rolled up counters of the gateways over the last $1 milliseconds. Those of the last two hours are returned
-- per minute, because Redis may have newer values; older ones per hour.
select case when minute > now() - interval '2 hours' then floor(extract(epoch from minute) / 60)::bigint end,
  floor(extract(epoch from date_trunc('hour', minute, 'UTC')) / 60)::bigint, figure, sum(count)::bigint
from minute_figures
where minute >= date_trunc('minute', now() - $1::bigint * interval '1 millisecond')
group by 1, 2, 3
