-- SPDX-License-Identifier: Apache-2.0
-- Dead letters that fulfil {filter}, grouped by cause. Numbers in a reason (bytes, lines, attempts) do not make another
-- cause.
select left(regexp_replace(e.error_message, '[0-9]+', 'N', 'g'), 300) as reason, e.sqlstate, e.event_type, count(*),
       max(e.id), to_char(min(e.finished_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
       to_char(max(e.finished_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
  from webhook_events e
 where {filter}
 group by 1, 2, 3
