-- SPDX-License-Identifier: Apache-2.0
-- The event of which the stream entry $1 is a copy.
select e.id
  from webhook_events e
 where e.event_key = (select event_key from event_copies where entry_id = $1)
 order by e.id
 limit 100
