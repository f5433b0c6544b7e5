-- SPDX-License-Identifier: Apache-2.0
-- Events with the stream entry $1, received between $2 and $3 (microseconds since 1970).
select e.id
  from webhook_events e
 where e.received_at between tl_time($2::bigint) and tl_time($3::bigint) and e.entry_id = $1
 order by e.id
 limit 100
