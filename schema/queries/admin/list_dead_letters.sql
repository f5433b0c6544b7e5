-- SPDX-License-Identifier: Apache-2.0
-- Dead letters that fulfil {filter}, newest first.
select e.id, e.event_id, e.event_type, e.error_message, e.attempts,
       to_char(e.finished_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
       (extract(epoch from now() - e.finished_at) * 1000)::bigint
  from webhook_events e
 where {filter}
 order by e.finished_at desc, e.id desc
 limit {limit}::bigint
